import ChannelMessages
import ChannelWires
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Whoever is connected wants no good.
@Suite("A bridge under attack", .timeLimit(.minutes(2))) struct BridgeAttackTests {
  private static func megabytes(of pid: Int32) -> Int {
    let pages = RawFiles.read("/proc/\(pid)/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * 4 / 1_024
  }

  /// It reads nothing of what it is answered, or acknowledged, and goes on writing.
  @Test(arguments: ["request", "event"]) func keepsWithinItsMemory(kind: String) async throws {
    try await BridgeScene.with(["--listen", "--ack", "peer"]) { scene in
      let channel = try scene.open()
      channel.respond(to: "*") { (_: Message) in JSONText("\(String(repeating: "y", count: 4_000))") }
      let (bad, good) = (try scene.connect(), try scene.connect())
      for _ in 0..<2 { scene.awaitLine("connected") }
      let text = String(repeating: "x", count: 2_000)
      let line = "{\"id\":\"\(text)\",\"type\":\"\(kind)\",\"method\":\"m\",\"payload\":\"\(text)\"}\n"
      let block = Array(String(repeating: line, count: 200).utf8)
      // 160 MB, as far as they are taken.
      NativeThread.detach { [socket = bad.socket] in
        for _ in 0..<200 where (try? socket.send(block)) != nil {}
      }
      let before = Self.megabytes(of: scene.pid)
      for number in 0..<200 {
        try good.say("{\"id\":\"\(number)\",\"type\":\"request\",\"method\":\"m\"}")
        #expect(try good.message().replyTo == "\(number)")
      }
      let after = Self.megabytes(of: scene.pid)
      #expect(after - before < 80, "\(before) MB, then \(after) MB")
      bad.socket.shut()
    }
  }

  /// They come again and again, while nothing can be written.
  @Test func keepsWithinItsMemoryThoughThoseHaveGoneWhoToldIt() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      let messages = channel.messages
      let lock = unsafe open(scene.channelPath + "/.transom/backend_to_frontend/journal/lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX) == 0)
      let text = String(repeating: "x", count: 2_000)
      let line = "{\"id\":\"1\",\"type\":\"event\",\"method\":\"m\",\"payload\":\"\(text)\"}\n"
      let block = Array(String(repeating: line, count: 900).utf8)
      let before = Self.megabytes(of: scene.pid)
      var dropped = 0
      for _ in 0..<60 {
        let talker = try scene.connect()
        try talker.socket.send(block)
        talker.socket.shut()
        if scene.awaitLine("is done", or: "is dropped").contains("is dropped") { dropped += 1 }
      }
      let after = Self.megabytes(of: scene.pid)
      // Of 110 MB.
      #expect(after - before < 60 && dropped > 40, "\(before) MB, then \(after) MB; \(dropped) were dropped")
      close(lock)
      let good = try scene.connect()
      try good.say(#"{"id":"2","type":"event","method":"last"}"#)
      var count = 0
      while try await messages.next()?.method != "last" { count += 1 }
      #expect(count >= 900)
    }
  }

  /// The same with a last line that has no end.
  @Test func keepsWithinItsMemoryThoughTheyForgetTheEndOfTheirLine() async throws {
    try await BridgeScene.with { scene in
      let lock = unsafe open(scene.channelPath + "/.transom/backend_to_frontend/journal/lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX) == 0)
      let text = String(repeating: "x", count: 4 << 20)
      let line = Array("{\"id\":\"1\",\"type\":\"event\",\"method\":\"m\",\"payload\":\"\(text)\"}".utf8)
      let before = Self.megabytes(of: scene.pid)
      var dropped = 0
      for _ in 0..<30 {
        let talker = try scene.connect()
        try talker.socket.send(line)
        talker.socket.shut()
        if scene.awaitLine("is done", or: "is dropped").contains("is dropped") { dropped += 1 }
      }
      let after = Self.megabytes(of: scene.pid)
      // Of 120 MB.
      #expect(after - before < 80 && dropped > 20, "\(before) MB, then \(after) MB; \(dropped) were dropped")
      close(lock)
    }
  }

  /// They come again and again, and nobody answers them.
  @Test func keepsWithinItsMemoryThoughThoseHaveGoneWhoAskedIt() async throws {
    try await BridgeScene.with(["--listen", "--timeout", "8s"]) { scene in
      let channel = try scene.open()
      channel.respond(to: "good") { (_: Message) in 1 }
      let text = String(repeating: "x", count: 100_000)
      let line = "{\"id\":\"1\",\"type\":\"request\",\"method\":\"m\",\"payload\":\"\(text)\"}\n"
      let block = Array(String(repeating: line, count: 30).utf8)
      let before = Self.megabytes(of: scene.pid)
      for _ in 0..<100 {
        let talker = try scene.connect()
        try talker.socket.send(block)
        talker.socket.shut()
        scene.awaitLine("is done", or: "is lost")
      }
      let after = Self.megabytes(of: scene.pid)
      // Of 300 MB.
      #expect(after - before < 130, "\(before) MB, then \(after) MB")
      // What they have asked is over some time, and others are answered again.
      let good = try scene.connect()
      try await eventually {
        try good.say(#"{"id":"g","type":"request","method":"good"}"#)
        return try good.message().error == nil
      }
    }
  }

  /// Who asks and goes makes room for others, though nobody has answered.
  @Test func letsOthersInWhenThoseWhoAskedHaveGone() async throws {
    try await BridgeScene.with(["--listen", "--peers", "4"]) { scene in
      for number in 0..<12 {
        let talker = try scene.connect()
        try talker.say("{\"id\":\"\(number)\",\"type\":\"request\",\"method\":\"nobody\"}")
        scene.awaitLine("connected")
        talker.socket.shut()
        scene.awaitLine("is done")
      }
    }
  }

  /// Nor does one who is refused, and stays.
  @Test func letsOthersInThoughOneWhoIsRefusedStays() async throws {
    try await BridgeScene.with(["--listen", "--peers", "1"]) { scene in
      let bad = try scene.connect()
      try bad.say("garbage")
      scene.awaitLine("is done")
      let good = try scene.connect()
      scene.awaitLine("connected")
      withExtendedLifetime((bad, good)) {}
    }
  }

  /// What is told again over another connection, while it is still on its way to the journal, is not there yet.
  @Test func acknowledgesNothingTwiceToldBeforeItIsInTheJournal() async throws {
    try await BridgeScene.with(["--listen", "--ack", "peer"]) { scene in
      let channel = try scene.open()
      let messages = channel.messages
      let talker = try scene.connect()
      try talker.say(#"{"id":"e0","type":"event","method":"e"}"#)
      #expect(try talker.next() == .acknowledged(["e0"]))
      let lock = unsafe open(scene.channelPath + "/.transom/backend_to_frontend/journal/lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX) == 0)
      let event = #"{"id":"e1","type":"event","method":"e"}"#
      try talker.say(event)
      talker.socket.shut()
      scene.awaitLine("is done")
      let again = try scene.connect()
      try again.say(event)
      var waiting = pollfd(fd: again.socket.number, events: Int16(POLLIN), revents: 0)
      #expect(unsafe poll(&waiting, 1, 500) == 0, "it is acknowledged, and nowhere yet")
      close(lock)
      #expect(try again.next() == .acknowledged(["e1"]))
      try again.say(#"{"id":"e2","type":"event","method":"last"}"#)
      var methods: [String] = []
      while methods.last != "last" { methods.append(try await messages.next()?.method ?? "last") }
      #expect(methods == ["e", "e", "last"])
    }
  }

  /// The answer was there before the end, and counts.
  @Test func takesTheAnswerOfWhoLeavesRightBehindIt() async throws {
    try await BridgeScene.with(["--listen", "--ack", "peer"]) { scene in
      let channel = try scene.open()
      for number in 0..<20 {
        let talker = try scene.connect()
        let answer = Task { try await channel.request("work", timeout: .seconds(20)) }
        let question = try talker.message()
        let events = (0..<50).map { "{\"id\":\"\(number)-\($0)\",\"type\":\"event\",\"method\":\"e\"}" }
        let last = "{\"type\":\"response\",\"reply_to\":\"\(question.id)\",\"payload\":\(number)}"
        try talker.say((events + [last]).joined(separator: "\n"))
        talker.socket.finish()
        #expect(try await answer.value == JSONText(integer: number))
      }
    }
  }

  /// What one leaves out is made up for it, and is no other's.
  @Test func confusesNoEventsWithoutIDs() async throws {
    try await BridgeScene.with(["--listen", "--ack", "peer"]) { scene in
      let channel = try scene.open()
      let messages = channel.messages
      for number in 0..<3 {
        let talker = try scene.connect()
        try talker.say("{\"type\":\"event\",\"method\":\"e\",\"payload\":\(number)}")
        guard case .acknowledged(let ids) = try talker.next(), ids.count == 1 else { throw Talker.Silence() }
        #expect(try await messages.next()?.payload == JSONText(integer: number))
      }
    }
  }

  @Test func takesAnEventOnceThatComesTwiceInOneWrite() async throws {
    try await BridgeScene.with(["--listen", "--ack", "peer"]) { scene in
      let (channel, talker) = (try scene.open(), try scene.connect())
      let messages = channel.messages
      let line = "{\"id\":\"1\",\"type\":\"event\",\"method\":\"e\",\"payload\":1}"
      try talker.say(
        [line, line, line, "{\"id\":\"2\",\"type\":\"event\",\"method\":\"e\",\"payload\":2}"].joined(separator: "\n")
      )
      for number in 1...2 { #expect(try await messages.next()?.payload == JSONText(integer: number)) }
    }
  }

  /// A line that it prints is its own.
  @Test func printsWhatOthersWroteOnOneLine() async throws {
    try await BridgeScene.with { scene in
      let talker = try scene.connect()
      try talker.say("{\"type\":\"response\",\"id\":\"a\\ntransom: b\\u001b[2J\\u202e\",\"reply_to\":\"x\"}")
      let line = scene.awaitLine("does not go across")
      #expect(line.contains("a\u{FFFD}transom: b\u{FFFD}[2J\u{FFFD}"), "\(line)")
    }
  }

  /// A terminal that stands still, or a pipe that nobody reads, holds 64 KiB.
  @Test func servesOnThoughNobodyReadsWhatItSays() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      channel.respond(to: "*") { (_: Message) in 1 }
      let good = try scene.connect()
      for number in 0..<1_000 {
        let talker = try scene.connect()
        try talker.say("this is no message")
        // Its end: what is said of it was said.
        _ = try talker.socket.receiveAll()
        if number % 100 == 0 {
          try good.say("{\"id\":\"\(number)\",\"type\":\"request\",\"method\":\"m\"}")
          #expect(try good.message().replyTo == "\(number)")
        }
      }
      scene.tell(SIGTERM)
      let output = scene.finish().output
      #expect(output.utf8.count > 100_000 && output.split(separator: "\n").count > 1_000)
    }
  }
}
