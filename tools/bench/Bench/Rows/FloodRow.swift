// Many messages at once, with a window.

internal import ChannelMessages
internal import Glibc
internal import Transom

/// Batches of 50 that 1.0 programs see when `send` returns, against the same without a window.
///
/// As long as a 1.0 reader is known the window holds what is younger than two seconds, and not only the newest 100.
enum FloodRow {
  static let ruledOut = row("no 1.0 reader", target: .ratio(atLeast: 0.35).reached(0.2), contender("Transom, send"))
  static let known = row(
    "a 1.0 reader is known",
    target: nil,
    contender(
      "Transom, send",
      .serves { place in
        let window = "\(place.folder)/channel/backend_to_frontend.json"
        return {
          while true {
            let file = unsafe open(window, O_RDONLY | O_CLOEXEC)
            if file >= 0 { close(file) }
            usleep(500_000)
          }
        }
      }
    )
  )

  private static func row(_ manner: String, target: Target?, _ ours: Contender) -> Comparison {
    Comparison(
      name: "send 50 a batch, window, \(manner)",
      unit: .messagesPerSecond,
      ours: ours,
      rivals: [
        .init(
          Contender("Transom, append alone", sender(options: .journalAlone)),
          target
        )
      ],
      sliceCount: 1_000
    )
  }

  private static func contender(_ name: String, _ other: End? = nil) -> Contender {
    let own = sender(options: ChannelOptions())
    return if let other { Contender(name, own, other) } else { Contender(name, own) }
  }

  private static func sender(options: ChannelOptions) -> End {
    .works { place in
      let channel = try Channel(at: "\(place.folder)/channel", as: .backend, options: options)
      let payload = try Payload.json()
      let batch = [Outgoing](repeating: .event("tick", payload), count: 50)
      if options.visibility == .atOnce { try SteadyWindow.settle(channel, payload) }
      return { count in for _ in 0..<count / batch.count { try channel.send(contentsOf: batch) } }
    }
  }
}
