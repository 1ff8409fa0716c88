import ChannelBridge
import ChannelMessages
import ChannelModel
import ChannelWires
import LinuxIO
import TestSupport
import Testing
import Transom

/// What one visitor takes is not taken from others.
@Suite("What visitors of a door share", .timeLimit(.minutes(2))) struct DoorShareTests {
  private static let ann = "0123456789abcdef"
  private static let bob = "fedcba9876543210"
  private static let large = JSONText("\(String(repeating: "x", count: 500_000))")

  private static func reader(_ token: String, _ name: String, _ more: String = "") -> String {
    "/channels/channel/socket?token=\(token)&reader=\(name)\(more)"
  }

  /// Names of tokens and of readers may have dots, and mean what they mean wherever those are.
  @Test func nobodyTakesOverWhatIsKeptForAnother() async throws {
    try await OwnDoor.with(try OwnDoor.access("desk \(Self.ann)\ndesk.b \(Self.bob)")) { scene in
      let there = try WebSocketTalker(scene.port, Self.reader(Self.bob, "page"))
      try await scene.notices.await("connected with")
      there.socket.shut()
      try await scene.notices.await("is done")
      try await scene.channel.send("tick", 1)
      let other = try WebSocketTalker(scene.port, Self.reader(Self.ann, "b.page", "&events=nothing"))
      try await scene.notices.await("connected with")
      let again = try WebSocketTalker(scene.port, Self.reader(Self.bob, "page"))
      #expect(try again.message().payload == 1)
      #expect(try BridgeScene.hasReader("door-token.desk.b.page", in: scene.channelPath))
      #expect(try BridgeScene.hasReader("door-token.desk.b..page", in: scene.channelPath))
      withExtendedLifetime(other) {}
    }
  }

  private static func status(_ port: UInt16, _ token: String, _ reader: String) throws -> String {
    let socket = try RawSocket(port: port)
    let target = "/channels/channel/messages?token=\(token)&reader=\(reader)"
    try socket.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
    return String(decoding: try socket.receive(exactly: 12), as: UTF8.self)
  }

  @Test func oneLeavesReadersForOthers() async throws {
    let rules = [try AccessRule(for: ["ann", "bob"], events: ["*"])]
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)", rules)) { scene in
      for number in 0..<256 {
        let status = try Self.status(scene.port, Self.ann, "r\(number)")
        #expect(status == "HTTP/1.1 200")
      }
      #expect(try Self.status(scene.port, Self.ann, "more") == "HTTP/1.1 429")
      #expect(try Self.status(scene.port, Self.ann, "r7") == "HTTP/1.1 200")
      #expect(try Self.status(scene.port, Self.bob, "mine") == "HTTP/1.1 200")
    }
  }

  /// For whoever may hear of nothing a reader would only take room.
  @Test func nothingIsKeptForWhoMayHearOfNothing() async throws {
    let rules = [try AccessRule(for: ["ann"], events: ["*"], directions: [.inward])]
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)", rules)) { scene in
      let talker = try WebSocketTalker(scene.port, Self.reader(Self.ann, "page"))
      try await scene.notices.await("connected with")
      try talker.say(#"{"id":"1","type":"event","method":"a"}"#)
      _ = try talker.next()
      #expect(try !BridgeScene.hasReader("door-token.ann.page", in: scene.channelPath))
    }
  }

  /// Each such frame costs a look, however much is still to be acknowledged.
  @Test func acknowledgingWhatWasNotToldCostsOthersNothing() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)")) { scene in
      let bad = try WebSocketTalker(scene.port, Self.reader(Self.ann, "page"))
      try await scene.notices.await("connected with")
      for _ in 0..<40 {
        try await scene.channel.send(contentsOf: (0..<100).map { .event("tick", JSONText(integer: $0)) })
      }
      for _ in 0..<4_000 { _ = try bad.message() }
      let frame = WebSocketFrame.text(Array(#"{"ack":"x"}"#.utf8)).encoded(mask: 1)
      let begin = KernelClock.sinceBoot()
      try bad.socket.send(Array(repeatElement(frame, count: 3_000).joined()))
      // What he says behind them is acknowledged once they are dealt with.
      try bad.say(#"{"id":"last","type":"event","method":"a"}"#)
      guard case .message(.text, let bytes) = try bad.next() else { throw Talker.Silence() }
      #expect(String(decoding: bytes, as: UTF8.self).contains("last"))
      // Compared with all that was told they took three quarters of a second.
      #expect(KernelClock.sinceBoot() - begin < 300_000_000)
      #expect(try BridgeScene.hasReader("door-token.ann.page", in: scene.channelPath))
    }
  }

  /// One lets 60 MB wait, and three others 40 each: with them it is too much, and there is enough room without him.
  @Test func whoLetsMostWaitGoesWhereItIsTooMuch() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)")) { scene in
      let answered = Counter()
      let responder = scene.channel.respond(to: "*") { (_: Message) in
        answered.add()
        return Self.large
      }
      let greedy = try await scene.connect(Self.ann)
      var others: [WebSocketTalker] = []
      for _ in 0..<3 { others.append(try await scene.connect(Self.bob)) }
      for number in 0..<120 { try greedy.say(#"{"id":"\#(number)","type":"request","method":"m"}"#) }
      try await eventually { answered.value == 120 }
      for talker in others {
        for number in 0..<80 { try talker.say(#"{"id":"\#(number)","type":"request","method":"m"}"#) }
      }
      try await scene.notices.await("token ann is lost: it does not read its answers, of which too many wait")
      for talker in others {
        for _ in 0..<80 { #expect(try talker.message().payload == Self.large) }
      }
      #expect(!scene.notices.has("is lost"))
      withExtendedLifetime((greedy, responder)) {}
    }
  }

  /// One answer is written at once, however long it is.
  @Test func whoTakesNothingOfOneLargeAnswerIsLeft() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)")) { scene in
      let responder = scene.channel.respond(to: "*") { (_: Message) in
        JSONText("\(String(repeating: "x", count: 7 << 20))")
      }
      let deaf = try await scene.connect(Self.ann)
      try deaf.say(#"{"id":"1","type":"request","method":"m"}"#)
      try await eventually {
        await scene.bridge.showLife()
        return scene.notices.has("does not read its answers")
      }
      withExtendedLifetime((deaf, responder)) {}
    }
  }

  /// Who takes a little of it each time is slow, and who takes nothing is left.
  @Test func whoTakesNothingOfHisAnswersIsLeft() async throws {
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)\nbob \(Self.bob)")) { scene in
      let responder = scene.channel.respond(to: "*") { (_: Message) in Self.large }
      let (deaf, slow) = (try await scene.connect(Self.ann), try await scene.connect(Self.bob))
      for talker in [deaf, slow] {
        for number in 0..<40 { try talker.say(#"{"id":"\#(number)","type":"request","method":"m"}"#) }
      }
      var taken = 0
      try await eventually {
        // As the door does it every fifteen seconds.
        await scene.bridge.showLife()
        for _ in 0..<32 where taken < 20_000_000 { taken += try slow.socket.receive(atMost: 1 << 17).count }
        return scene.notices.has("does not read its answers")
      }
      while taken < 20_000_000 {
        let count = try slow.socket.receive().count
        if count == 0 { throw Talker.Silence() }
        taken += count
      }
      withExtendedLifetime((deaf, responder)) {}
    }
  }
}
