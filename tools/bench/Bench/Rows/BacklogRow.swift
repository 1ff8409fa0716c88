// Whether a backlog costs the sender anything.

internal import Transom

/// An append while a million messages wait for a durable reader, against one while a hundred thousand do.
enum BacklogRow {
  static let row = row("append behind 1 000 000 unread messages", .journalAlone)
  /// The same with the window.
  static let shown = row("send behind 1 000 000 unread messages, window of 100", ChannelOptions())

  private static func row(_ name: String, _ options: ChannelOptions) -> Comparison {
    Comparison(
      name: name,
      unit: .microseconds,
      ours: contender("Transom, 1 000 000 unread", unread: 1_000_000, options),
      rivals: [.init(contender("Transom, 100 000 unread", unread: 100_000, options), .ratio(atMost: 1.1))]
    )
  }

  private static func contender(_ name: String, unread: Int, _ options: ChannelOptions) -> Contender {
    Contender(
      name,
      .works { place in
        let before = try Channel(at: "\(place.folder)/channel", as: .backend, options: .journalAlone)
        let frontend = try Channel(at: "\(place.folder)/channel", as: .frontend)
        // From now on nothing goes before it is acknowledged.
        let reader = try frontend.messages(reader: "late")
        let payload = try Payload.json()
        let batch = [Outgoing](repeating: .event("tick", payload), count: 500)
        for _ in 0..<unread / batch.count { try before.send(contentsOf: batch) }
        let channel = try Channel(at: "\(place.folder)/channel", as: .backend, options: options)
        if options.visibility == .atOnce { try SteadyWindow.settle(channel, payload) }
        return { count in
          for _ in 0..<count { try channel.send("tick", payload) }
          withExtendedLifetime((reader, before)) {}
        }
      }
    )
  }
}
