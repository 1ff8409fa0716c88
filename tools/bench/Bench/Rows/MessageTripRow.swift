// A message there and another one back.

internal import CContenders
internal import LinuxIO
internal import Transom

/// Plain messages both ways, through the blocking API: the answer is awaited as any message is, and nothing waits to see
/// whether the other side was quicker.
enum MessageTripRow {
  /// Two journals against two journals.
  static let journals = Comparison(
    name: "message there and back, journals alone",
    unit: .microseconds,
    ours: contender(options: .journalAlone),
    rivals: [
      .init(RoundTripRow.overJournals("C, two journals, raw inotify", CONTENDER_RAW_INOTIFY)),
      .init(RoundTripRow.overJournals("C, two journals, libinotifytools", CONTENDER_LIBRARY), .ratio(atMost: 1.25)),
      .init(RoundTripRow.overSocket, .ratio(atMost: 2.8)),
    ],
    alsoOnDisk: true
  )

  /// Each is in a window of 100 before `send` returns, on both sides.
  static let shown = Comparison(
    name: "message there and back, both in windows",
    unit: .microseconds,
    ours: contender(options: ChannelOptions()),
    rivals: [
      .init(RoundTripRow.overSocket, .ratio(atMost: 4).reached(5.5)),
      .init(RoundTripRow.overNATS, .ratio(atMost: 0.5)),
    ],
    alsoOnDisk: true
  )

  private static func contender(options: ChannelOptions) -> Contender {
    Contender(
      "Transom",
      .serves { place in
        let channel = try Channel(at: "\(place.folder)/channel", as: .backend, options: options)
        let messages = channel.messages
        let payload = try Payload.json()
        return { while try messages.next() != nil { try channel.send("echo", payload) } }
      },
      .works { place in
        let channel = try Channel(at: "\(place.folder)/channel", as: .frontend, options: options)
        let messages = channel.messages
        let payload = try Payload.json()
        let work = { (count: Int) in
          for _ in 0..<count {
            try channel.send("echo", payload)
            _ = try messages.next(within: .seconds(5))
          }
        }
        // Until no 1.0 reader needs to be reckoned with: before that a window holds more than 100.
        let start = KernelClock.sinceBoot()
        while options.visibility == .atOnce, KernelClock.sinceBoot() - start < 2_300_000_000 {
          try work(1)
          KernelClock.pause(.milliseconds(10))
        }
        return work
      }
    )
  }
}
