// One message into the journal and into the window.

internal import CContenders
internal import ChannelMessages
internal import LinuxIO
internal import Transom

/// `send` as it is by default: it returns when 1.0 programs see the message, in a window of the newest 100.
enum SendRow {
  static let row = Comparison(
    name: "send a message of 300 bytes, window of 100",
    unit: .microseconds,
    ours: Contender(
      "Transom, send",
      .works { place in
        let channel = try Channel(at: "\(place.folder)/channel", as: .backend)
        let payload = try Payload.json()
        try SteadyWindow.settle(channel, payload)
        return { count in for _ in 0..<count { try channel.send("tick", payload) } }
      }
    ),
    rivals: [
      .init(inC("C, append and window", rewrites: false), .ratio(atMost: 1.25)),
      // The same with what is ours: displaced files written anew.
      .init(inC("C, append and window, files written anew", rewrites: true), .ratio(atMost: 1.5)),
      .init(Contender("ipckit", Peer.end("send")), .ratio(atMost: 0.2)),
      .init(
        Contender(
          "C, window alone",
          .works { place in
            let window = unsafe contender_window_open(place.folder)
            return { count in for _ in 0..<count { unsafe contender_publish(window) } }
          }
        )
      ),
    ],
    alsoOnDisk: true
  )

  private static func inC(_ name: String, rewrites: Bool) -> Contender {
    Contender(
      name,
      .works { place in
        let sender = unsafe contender_sender_open(place.folder, rewrites ? 1 : 0)
        return { count in for _ in 0..<count { unsafe contender_send_shown(sender) } }
      }
    )
  }
}

/// A channel whose window holds what it does in the long run.
enum SteadyWindow {
  /// Sends until the window is full and no 1.0 reader needs to be reckoned with: until then a window holds more than 100.
  static func settle(_ channel: Channel, _ payload: JSONText) throws {
    let start = KernelClock.sinceBoot()
    while KernelClock.sinceBoot() - start < 2_300_000_000 {
      try channel.send("tick", payload)
      KernelClock.pause(.milliseconds(10))
    }
    for _ in 0..<100 { try channel.send("tick", payload) }
  }
}
