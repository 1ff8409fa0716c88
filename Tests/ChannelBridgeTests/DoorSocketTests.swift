import ChannelMessages
import ChannelWires
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// What clients of WebSocket get at a door that nobody here wrote.
@Suite("A door's WebSockets", .timeLimit(.minutes(2))) struct DoorSocketTests {
  private static func url(_ scene: DoorScene, _ query: String = "") -> String {
    "ws" + scene.base.dropFirst(4) + "/channels/channel/socket" + query
  }

  @Test func askAndAreAsked() async throws {
    try await DoorScene.with { scene in
      let (channel, responders) = try scene.answerer()
      let client = try DoorScene.python(
        "websockets_client.py",
        [
          Self.url(scene), "say", #"{"id":"1","type":"request","method":"double","payload":21}"#, "hear", "hear",
          "reply",
          #""red""#, "say", #"{"type":"response","reply_to":"ID","payload":1}"#, "leave",
        ]
      )
      #expect(client.line() == "spoken: transom.1")
      let answer = try Message(Array((client.line() ?? "").utf8))
      #expect(answer.kind == .response && answer.replyTo == "1" && answer.payload == 42)
      let asking = Task { try await channel.request("color", timeout: .seconds(20)) as JSONText }
      let question = try Message(Array((client.line() ?? "").utf8))
      #expect(question.kind == .request && question.method == "color")
      #expect(try await asking.value == "red")
      // What answers nothing that was asked is told.
      scene.bridge.awaitLine("it answers nothing that")
      #expect(client.finish().output == "left: 1000\n")
      withExtendedLifetime(responders) {}
    }
  }

  @Test func getWhatIsKeptUntilTheyHaveAcknowledgedIt() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      let first = try DoorScene.python(
        "websockets_client.py",
        [Self.url(scene, "?reader=page"), "hear", "hear", "leave"]
      )
      #expect(first.line() == "spoken: transom.1")
      scene.bridge.awaitLine("connected")
      for number in 0..<3 { try await channel.send("tick", JSONText(integer: number)) }
      let lines = [first.line(), first.line()]
      let ids = try lines.map { try Message(Array(($0 ?? "").utf8)).id }
      _ = first.finish()
      // Neither was acknowledged: both come again, by the same ids; then the first is, and the second comes with the third.
      let second = try DoorScene.python(
        "websockets_client.py",
        [Self.url(scene, "?reader=page"), "hear", "hear", "say", "{\"ack\":\"\(ids[0])\"}", "hear", "leave"]
      )
      _ = second.line()
      for id in ids { #expect(try Message(Array((second.line() ?? "").utf8)).id == id) }
      _ = second.finish()
      let third = try DoorScene.python(
        "websockets_client.py",
        [Self.url(scene, "?reader=page"), "hear", "hear", "leave"]
      )
      _ = third.line()
      #expect(try Message(Array((third.line() ?? "").utf8)).id == ids[1])
      #expect(try Message(Array((third.line() ?? "").utf8)).payload == 2)
      _ = third.finish()
    }
  }

  @Test func tellEventsThatComeOnceThoughTheyAreToldAgain() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      let messages = channel.messages
      let event = #"{"id":"e1","type":"event","method":"tick","payload":1}"#
      for round in 0..<2 {
        let last = #"{"id":"last\#(round)","type":"event","method":"last"}"#
        let client = try DoorScene.python(
          "websockets_client.py",
          [Self.url(scene), "say", event, "hear", "say", last, "hear", "leave"]
        )
        _ = client.line()
        #expect(client.line() == #"{"ack":"e1"}"#)
        #expect(client.line() == "{\"ack\":\"last\(round)\"}")
        _ = client.finish()
      }
      var names: [String] = []
      for _ in 0..<3 { names.append(try await messages.next()?.method ?? "") }
      #expect(names == ["tick", "last", "last"])
    }
  }

  @Test func areToldWhatIsWrongAndLeft() async throws {
    try await DoorScene.with { scene in
      let client = try DoorScene.python("websockets_client.py", [Self.url(scene), "say", "{\"a\":", "hear", "end"])
      _ = client.line()
      #expect(client.line()?.hasPrefix(#"{"refused":"message 1: "#) == true)
      #expect(client.line()?.hasPrefix("ended: 1002 message 1: ") == true)
      scene.bridge.awaitLine("is refused: message 1: ")
    }
  }

  /// A page is told why by a code alone, and one that is told nothing would come again and again.
  @Test(arguments: [
    ("/channels/other/socket", "ended: 1008 there is no channel of this name"),
    ("/channels/channel/socket?reader=a%20b", "ended: 1008 a reader's name has letters, digits, . _ and -"),
    ("/channels/channel/nothing", "ended: 1008 there is nothing here; GET / says what there is"),
  ]) func areClosedWithACodeWhereTheyLeadNowhere(_ path: String, _ end: String) async throws {
    try await DoorScene.with { scene in
      let client = try DoorScene.python("websockets_client.py", ["ws" + scene.base.dropFirst(4) + path, "end"])
      _ = client.line()
      #expect(client.line() == end)
    }
  }

  @Test func leaveTheirPlaceToWhoComesByTheSameName() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      let first = try DoorScene.python("websockets_client.py", [Self.url(scene, "?reader=page"), "end"])
      _ = first.line()
      scene.bridge.awaitLine("connected")
      let second = try DoorScene.python("websockets_client.py", [Self.url(scene, "?reader=page"), "hear", "leave"])
      _ = second.line()
      #expect(first.line() == "ended: 4409 another has come by the name of this reader")
      try await channel.send("tick", 1)
      #expect(try Message(Array((second.line() ?? "").utf8)).payload == 1)
    }
  }

  /// Though the reader of who was there before is still being opened, and he takes his time to go.
  @Test func takeThePlaceAtOnceOfOneWhoseEventsHaveNotBegun() async throws {
    try await DoorScene.with { scene in
      let (channel, responders) = try scene.answerer()
      let lock = unsafe open(
        scene.bridge.channelPath + "/.transom/frontend_to_backend/journal/lock",
        O_RDWR | O_CLOEXEC
      )
      #expect(flock(lock, LOCK_EX) == 0)
      let first = try WebSocketTalker(try scene.port, "/channels/channel/socket?reader=page")
      let question = #"{"id":"1","type":"request","method":"double","payload":21}"#
      let second = try DoorScene.python(
        "websockets_client.py",
        [Self.url(scene, "?reader=page"), "say", question, "hear", "leave"]
      )
      _ = second.line()
      #expect(try first.next() == .closing(.replaced, reason: "another has come by the name of this reader"))
      close(lock)
      let begin = ContinuousClock.now
      #expect(try Message(Array((second.line() ?? "").utf8)).payload == 42)
      #expect(ContinuousClock.now - begin < .seconds(3))
      withExtendedLifetime((channel, responders, first)) {}
    }
  }

  /// What was not acknowledged before the end is told again, so nobody is to be troubled by it.
  @Test func acknowledgeInVainWithoutAWordOnceItEnds() async throws {
    try await DoorScene.with { scene in
      let channel = try scene.bridge.open()
      let slow = try WebSocketTalker(try scene.port, "/channels/channel/socket?reader=page")
      // Else the kernel takes nearly all.
      var room: Int32 = 1 << 16
      let size = socklen_t(MemoryLayout<Int32>.size)
      let set = unsafe setsockopt(slow.socket.number, SOL_SOCKET, SO_RCVBUF, &room, size)
      #expect(set == 0)
      let other = try WebSocketTalker(try scene.port)
      for _ in 0..<2 { scene.bridge.awaitLine("connected") }
      let text = JSONText(stringLiteral: String(repeating: "x", count: 2_000))
      for _ in 0..<40 { try await channel.send(contentsOf: Array(repeating: .event("big", text), count: 100)) }
      // More than fits: what tells it waits for room when it is told to end, as the other one learns.
      for _ in 0..<4_000 { _ = try other.message() }
      scene.bridge.tell(SIGTERM)
      #expect(try other.next() == .closing(.goingAway, reason: ""))
      while let event = try? slow.message() { try? slow.say("{\"ack\":\"\(event.id)\"}") }
      let (code, output) = scene.bridge.finish()
      #expect(code == 128 + SIGTERM && !output.contains("acknowledged"), "\(output)")
    }
  }

  @Test func areToldThatItEnds() async throws {
    try await DoorScene.with { scene in
      let client = try DoorScene.python("websockets_client.py", [Self.url(scene), "end"])
      _ = client.line()
      scene.bridge.awaitLine("connected")
      scene.bridge.tell(SIGTERM)
      #expect(client.line() == "ended: 1001 ")
      #expect(scene.bridge.finish().code == 128 + SIGTERM)
    }
  }

  @Test func ofAiohttpAskOverBothAndPing() async throws {
    try await DoorScene.with { scene in
      let (channel, responders) = try scene.answerer()
      let base = scene.base
      let (code, output) = try await ThreadExecutor.run {
        try DoorScene.python("aiohttp_client.py", [base, "channel"]).finish()
      }
      let lines = output.split(separator: "\n").map(String.init)
      #expect(code == 0, "\(output)")
      #expect(lines.prefix(20) == (0..<20).map { "200 \(2 * $0)" }[...])
      #expect(lines.dropFirst(20) == ["\((0..<20).map { 2 * $0 })", "200"])
      withExtendedLifetime((channel, responders)) {}
    }
  }
}
