// The daemon between programs of 1.0 and handlers.

internal import ChannelMessages
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing

/// ipckit's ends of several channels at once, in both roles, and a daemon at the other ends.
@Suite("ipckit and the daemon", .timeLimit(.minutes(2))) struct DaemonExchangeTests {
  private static let requestCount = 25
  private static let eventCount = 25

  /// What a handler of each side answers and keeps.
  private static func handlers(_ side: Side) -> String {
    """
    [[handler]]
    name = "\(side)-answers"
    run = ["cat"]
    channels = ["\(side)-*"]
    side = "\(side)"
    methods = ["echo"]
    concurrency = 2
    [[handler]]
    name = "\(side)-keeps"
    run = ["sh", "-c", "echo $(cat) >> FOLDER/$(basename $TRANSOM_CHANNEL)"]
    channels = ["\(side)-*"]
    side = "\(side)"
    events = ["note"]

    """
  }

  /// One of its programs: asks and tells, and what came of it.
  private static func talk(_ path: String, as side: Side, _ number: Int) throws {
    let peer = try IpckitPeer()
    try peer.open(side, at: path)
    for round in 0..<requestCount {
      let payload: JSONText = ["from": JSONText(integer: number), "round": JSONText(integer: round)]
      let id = try peer.ask("echo", payload)
      let answer: IpckitPeer.Received = try peer.call(
        ["do": "wait_response", "request": "\(id)", "milliseconds": 15_000],
        within: .seconds(20)
      )
      guard answer.error == nil, answer.payload == "{\"from\":\(number),\"round\":\(round)}" else {
        throw ExchangeTests.Trouble(description: "\(payload) was answered \(answer)")
      }
      try peer.send("note", JSONText(integer: round))
    }
  }

  @Test func servesSeveralOfItsProgramsAtOnceInBothRoles() async throws {
    try await DaemonScene.with(Self.handlers(.backend) + Self.handlers(.frontend), level: "info") { scene in
      let names = Side.allCases.flatMap { side in (0..<3).map { (side: side, name: "\(side)-\($0)", number: $0) } }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (side, name, number) in names {
          let path = "\(scene.root)/\(name)"
          group.addTask { try await ThreadExecutor.run { try Self.talk(path, as: side.other, number) } }
        }
        try await group.waitForAll()
      }
      let expected = (0..<Self.eventCount).map(String.init)
      for (_, name, _) in names {
        try await eventually {
          (RawFiles.read("\(scene.folder)/\(name)") ?? "").split(separator: "\n").map(String.init) == expected
        }
      }
    }
  }
}
