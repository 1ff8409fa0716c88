import ChannelMessages
import ChannelWires
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite("Events over a bridge", .timeLimit(.minutes(2))) struct BridgeEventTests {
  private static func event(_ id: Int, _ name: String = "tick") -> String {
    "{\"id\":\"\(id)\",\"type\":\"event\",\"method\":\"\(name)\",\"payload\":\(id)}"
  }

  @Test func goBothWaysInTheirOrder() async throws {
    try await BridgeScene.with { scene in
      let (channel, talker) = (try scene.open(), try scene.connect())
      let messages = channel.messages
      scene.awaitLine("connected")
      try talker.say((0..<1_000).map { Self.event($0) }.joined(separator: "\n"))
      for number in 0..<1_000 {
        let event = try await messages.next()
        #expect(event?.method == "tick" && event?.payload == JSONText(integer: number))
      }
      for number in 0..<1_000 { try await channel.send("tock", JSONText(integer: number)) }
      for number in 0..<1_000 {
        let event = try talker.message()
        #expect(event.method == "tock" && event.payload == JSONText(integer: number))
      }
    }
  }

  @Test func goToAllWhoAreThereAndByTheNamesOfTheRoute() async throws {
    try await BridgeScene.with(["--listen", "--out", "log.* -> {1}", "--in", "-"]) { scene in
      let channel = try scene.open()
      let talkers = [try scene.connect(), try scene.connect(), try scene.connect()]
      for _ in talkers { scene.awaitLine("connected") }
      try await channel.send("other", 1)
      try await channel.send("log.error", 2)
      for talker in talkers {
        let event = try talker.message()
        #expect(event.method == "error" && event.payload == 2)
      }
      try talkers[0].say(Self.event(1))
      #expect(scene.awaitLine("does not go across").contains("no event of this name goes across"))
    }
  }

  /// One that reads nothing keeps no other waiting, and loses nothing either.
  @Test func reachOthersThoughOneDoesNotRead() async throws {
    try await BridgeScene.with { scene in
      let (channel, slow, quick) = (try scene.open(), try scene.connect(), try scene.connect())
      for _ in 0..<2 { scene.awaitLine("connected") }
      let text = JSONText("\(String(repeating: "x", count: 2_000))")
      let count = 3_000
      for _ in 0..<30 {
        _ = try await channel.send(contentsOf: Array(repeating: .event("big", text), count: count / 30))
      }
      for _ in 0..<count { #expect(try quick.message().payload == text) }
      for _ in 0..<count { #expect(try slow.message().payload == text) }
    }
  }

  /// Who is connected to gets what was sent while it was not there, and what it had not taken over.
  @Test(arguments: [true, false])
  func areKeptForWhoIsConnectedTo(isAcknowledged: Bool) async throws {
    try await BridgeScene.with(["--ack", isAcknowledged ? "peer" : "written"], isThere: false) { scene in
      scene.awaitLine("cannot be reached")
      let listener = try RawSocket(listeningAt: scene.socketPath)
      let channel = try scene.open()
      var talker: Talker? = Talker(try listener.accept())
      scene.awaitLine("connected")
      // Its reader is there by then: before, nobody is known who wants them.
      try await eventually { try scene.hasReader("bridge-socket") }
      for number in 0..<10 { try await channel.send("tick", JSONText(integer: number)) }
      for number in 0..<10 {
        let event = try talker?.message()
        #expect(event?.payload == JSONText(integer: number))
        if isAcknowledged, number < 7, let event { try talker?.say("{\"ack\":\"\(event.id)\"}") }
      }
      // It is not lost before what it said was heard.
      if isAcknowledged {
        channel.respond(to: "heard") { (_: Message) in 1 }
        try talker?.say("{\"id\":\"h\",\"type\":\"request\",\"method\":\"heard\"}")
        _ = try talker?.message()
      }
      talker = nil
      scene.awaitLine("is done")
      for number in 10..<20 { try await channel.send("tick", JSONText(integer: number)) }
      talker = Talker(try listener.accept())
      for number in (isAcknowledged ? 7 : 10)..<20 {
        #expect(try talker?.message().payload == JSONText(integer: number))
      }
    }
  }

  /// What had not left it when it was told to end is told by its successor.
  @Test func areNotTakenForToldWhenTheEndCutsThemOff() async throws {
    try await BridgeScene.with([], isThere: false) { scene in
      scene.awaitLine("cannot be reached")
      let listener = try RawSocket(listeningAt: scene.socketPath)
      let channel = try scene.open()
      let first = Talker(try listener.accept())
      scene.awaitLine("connected")
      let (count, text) = (2_000, String(repeating: "x", count: 2_000))
      for start in stride(from: 0, to: count, by: 100) {
        let batch = (start..<start + 100).map { Outgoing.event("\($0)", JSONText("\(text)")) }
        try await channel.send(contentsOf: batch)
      }
      // More than fits into its memory and the kernel's: nobody has read by then.
      scene.tell(SIGTERM)
      #expect(scene.finish().code == 128 + SIGTERM)
      var told: Set<String> = []
      while let event = try? first.message() { told.insert(event.method ?? "") }
      #expect(told.count < count)
      let successor = try ProcessRun(try BridgeScene.command(scene.channelPath, "unix:" + scene.socketPath, []))
      let second = Talker(try listener.accept())
      while told.count < count { told.insert(try second.message().method ?? "") }
      withExtendedLifetime(successor) {}
    }
  }

  /// What is told again under its id stands in the channel once, and is acknowledged each time.
  @Test func comeOnceThoughTheyAreToldAgain() async throws {
    try await BridgeScene.with(["--listen", "--ack", "peer"]) { scene in
      let channel = try scene.open()
      let messages = channel.messages
      for _ in 0..<2 {
        let talker = try scene.connect()
        try talker.say((0..<3).map { Self.event($0) }.joined(separator: "\n"))
        var acknowledged: [String] = []
        while acknowledged.count < 3 {
          guard case .acknowledged(let ids) = try talker.next() else { throw Talker.Silence() }
          acknowledged += ids
        }
        #expect(acknowledged == ["0", "1", "2"])
      }
      let talker = try scene.connect()
      try talker.say(Self.event(3))
      for number in 0..<4 {
        #expect(try await messages.next()?.payload == JSONText(integer: number))
      }
    }
  }

  /// A program that counts from one again after each of its starts must not lose what it tells then.
  @Test func ofTheSameIdAreTwoWhereTheySaySomethingElse() async throws {
    try await BridgeScene.with(["--listen", "--ack", "peer"]) { scene in
      let channel = try scene.open()
      let messages = channel.messages
      for start in 0..<3 {
        let talker = try scene.connect()
        try talker.say(#"{"id":"1","type":"event","method":"started","payload":\#(start)}"#)
        guard case .acknowledged(let ids) = try talker.next() else { throw Talker.Silence() }
        #expect(ids == ["1"])
        #expect(try await messages.next()?.payload == JSONText(integer: start))
      }
    }
  }

  @Test func doNotGoInACircle() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      let words = ["--as", "frontend", "--name", "back"]
      let back = try ProcessRun(
        try BridgeScene.command(scene.channelPath, "unix:" + scene.socketPath, words)
      )
      scene.awaitLine("connected")
      try await eventually { try scene.hasReader("bridge-back") }
      try await channel.send("round", 1)
      #expect(scene.awaitLine("does not go across").contains("it goes in a circle"))
      withExtendedLifetime(back) {}
    }
  }

  @Test func areRefusedWithWordsWhenTheyAreNone() async throws {
    try await BridgeScene.with { scene in
      let (channel, bad, good) = (try scene.open(), try scene.connect(), try scene.connect())
      let messages = channel.messages
      try bad.say("\(Self.event(1))\n{\"type\":\"event\",}\n\(Self.event(2))")
      guard case .refusedThere(let words) = try bad.next() else { throw Talker.Silence() }
      #expect(words.hasPrefix("line 2: "))
      #expect(throws: Talker.Silence.self) { try bad.next() }
      #expect(scene.awaitLine("is refused").contains("line 2: "))
      try good.say(Self.event(3))
      #expect(try await messages.next()?.payload == 1)
      #expect(try await messages.next()?.payload == 3)
    }
  }
}
