// What a bridge adds to a question and its answer.

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelWires
internal import LinuxIO
internal import TestSupport
internal import Transom

/// A request that a program at a Unix socket answers, through a bridge, against one that is answered at the channel: from a
/// file to a socket and back. The median counts: three programs share two processors here with what shows the window to
/// 1.0 programs, and a few requests of a hundred wait for that.
enum BridgeTripRow {
  static let row = Comparison(
    name: "request over a bridge",
    unit: .microseconds,
    ours: Contender("Transom, over a bridge", bridge, answerer, asker),
    rivals: [.init(bare, added: .value(atMost: 60))]
  )

  private static let bare = Contender("one at the channel", RoundTripRow.responder, asker)

  private static let bridge = End.holds { place in
    let loop = try await BridgeLoop(driving: try Watcher.shared())
    let channel = try Channel(at: "\(place.folder)/channel", as: .backend)
    let bridge = Bridge(
      Route(named: "bench"),
      between: channel,
      and: try PeerAddress("unix:\(place.folder)/socket"),
      .listening(most: 4),
      on: loop.loop
    ) { _ in }
    try await bridge.begin()
    return (loop, bridge)
  }

  /// Answers each question with its own payload, as any program would.
  private static let answerer = End.serves { place in
    let socket = try RawSocket(path: "\(place.folder)/socket")
    return {
      var wire = LinesWire()
      while true {
        for item in wire.take(try socket.receive()) {
          guard case .message(let request) = item else { continue }
          let answer = #"{"type":"response","reply_to":"\#(request.id)","payload":"#
          try socket.send(Array(answer.utf8) + request.payload.bytes + Array("}\n".utf8))
        }
      }
    }
  }

  private static let asker = End.repeats { place in
    let channel = try Channel(at: "\(place.folder)/channel", as: .frontend)
    let payload = try Payload.json()
    return { let _: JSONText = try channel.request("echo", payload) }
  }
}
