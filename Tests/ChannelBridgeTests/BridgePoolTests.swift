import ChannelBridge
import ChannelMessages
import ChannelModel
import ChannelWires
import TestSupport
import Testing
import Transom

/// Several connections to one place.
@Suite("Connections of a bridge", .timeLimit(.minutes(2))) struct BridgePoolTests {
  private static func with(
    _ words: [String],
    _ body: (BridgeScene, RawSocket, Channel, Talker) async throws -> Void
  ) async throws {
    try await BridgeScene.with(words, isThere: false) { scene in
      scene.awaitLine("cannot be reached")
      let listener = try RawSocket(listeningAt: scene.socketPath)
      let channel = try scene.open()
      let first = Talker(try listener.accept())
      scene.awaitLine("connected")
      try await body(scene, listener, channel, first)
      await channel.close()
    }
  }

  private static func ask(_ channel: Channel, _ number: Int) -> Task<Int, any Error> {
    Task { try await channel.request("double", number, timeout: .seconds(20)) }
  }

  private static func answer(_ talker: Talker, _ question: Message) throws {
    let number = try #require(Int("\(question.payload)"))
    try talker.answer(question, JSONText(integer: 2 * number))
  }

  @Test func areOpenedWhileAllHaveSomethingToAnswer() async throws {
    try await Self.with(["--connections", "3"]) { scene, listener, channel, first in
      // One that waits keeps no other waiting.
      let one = Self.ask(channel, 1)
      let questionOne = try first.message()
      let two = Self.ask(channel, 2)
      // The second may have been written before there was another connection: then the third goes there.
      let questionTwo = try first.message()
      let second = Talker(try listener.accept())
      let three = Self.ask(channel, 3)
      let questionThree = try second.message()
      try Self.answer(second, questionThree)
      #expect(try await three.value == 6)
      let four = Self.ask(channel, 4)
      try Self.answer(second, try second.message())
      #expect(try await four.value == 8)
      try Self.answer(first, questionTwo)
      try Self.answer(first, questionOne)
      #expect(try await one.value == 2)
      #expect(try await two.value == 4)
    }
  }

  @Test func areNoMoreThanMayBe() async throws {
    try await Self.with(["--connections", "2"]) { scene, listener, channel, first in
      let tasks = (0..<4).map { Self.ask(channel, $0) }
      let second = Talker(try listener.accept())
      let more = (4..<8).map { Self.ask(channel, $0) }
      var questions: [(Talker, Message)] = []
      // The one with the fewest to answer gets the next: four each in the end.
      for talker in [first, second] { for _ in 0..<4 { questions.append((talker, try talker.message())) } }
      for (talker, question) in questions { try Self.answer(talker, question) }
      for (number, task) in (tasks + more).enumerated() { #expect(try await task.value == 2 * number) }
      #expect(!listener.isReady)
    }
  }

  @Test func tellEachEventOnce() async throws {
    try await Self.with(["--connections", "2", "--ack", "written"]) { scene, listener, channel, first in
      let asked = [Self.ask(channel, 1), Self.ask(channel, 2)]
      let second = Talker(try listener.accept())
      // Of the channel: over the first alone.
      try await channel.send("news", 7)
      var heard: [Message] = []
      while heard.last?.kind != .event { heard.append(try first.message()) }
      #expect(heard.last?.payload == 7)
      // Of the other end: what both say alike is said once.
      let messages = channel.messages
      for number in 0..<3 {
        for talker in [first, second] {
          try talker.say(#"{"id":"e\#(number)","type":"event","method":"tick","payload":\#(number)}"#)
        }
      }
      try second.say(#"{"type":"event","method":"tick","payload":3}"#)
      var told: [JSONText] = []
      while told.count < 4, let message = try await messages.next() { told.append(message.payload) }
      #expect(told == [0, 1, 2, 3])
      for task in asked { task.cancel() }
    }
  }

  @Test func goOnWhenOneOfThemIsLost() async throws {
    try await Self.with(["--connections", "2"]) { scene, listener, channel, first in
      let lost = Self.ask(channel, 1)
      _ = try first.message()
      let other = Self.ask(channel, 2)
      _ = try first.message()
      let second = Talker(try listener.accept())
      let kept = Self.ask(channel, 3)
      let question = try second.message()
      first.socket.shut()
      await #expect(throws: ChannelError.self) { try await lost.value }
      await #expect(throws: ChannelError.self) { try await other.value }
      try Self.answer(second, question)
      #expect(try await kept.value == 6)
      // And the first comes again, with what is told.
      let again = Talker(try listener.accept())
      try await channel.send("news", 8)
      #expect(try again.message().payload == 8)
    }
  }

  /// The first stays, whose events nobody else gets.
  @Test func areClosedWhenTheyHaveHadNothingToAnswerForAWhile() async throws {
    let folder = try ScratchDirectory.make()
    try await withLoop { loop in
      let listener = try RawSocket(listeningAt: folder + "/s")
      let side = try Channel(at: folder + "/channel", as: .backend)
      var route = Route(named: "pool")
      (route.connections, route.idleTime) = (2, .milliseconds(200))
      let address = try PeerAddress("unix:\(folder)/s")
      let bridge = Bridge(route, between: side, and: address, .connecting, on: loop) { _ in }
      try await bridge.begin()
      let first = Talker(try listener.accept())
      let channel = try Channel(at: folder + "/channel", as: .frontend)
      for _ in 0..<2 {
        let (one, two) = (Self.ask(channel, 1), Self.ask(channel, 2))
        let questions = [try first.message(), try first.message()]
        let second = Talker(try listener.accept())
        // While it has something to answer nobody closes it.
        let three = Self.ask(channel, 3)
        let question = try second.message()
        for question in questions { try Self.answer(first, question) }
        #expect(try await one.value + two.value == 6)
        #expect(!second.socket.isReady)
        try Self.answer(second, question)
        #expect(try await three.value == 6)
        #expect(throws: Talker.Silence.self) { try second.next() }
      }
      try await channel.send("news", 4)
      #expect(try first.message().payload == 4)
      await bridge.end()
      await channel.close()
      await side.close()
    }
    try ScratchDirectory.remove(folder)
  }

  @Test(arguments: [
    (["unix:/x", "--listen"], "write --peers"), (["fifo:/a,/b"], "leave --connections out"),
    (["stdio:"], "leave --connections out"),
  ])
  func areRefusedWhereThereCanBeOne(_ words: [String], _ hint: String) throws {
    let (code, output) = try ProcessRun(
      [try BridgeScene.program, "bridge", "/x"] + words + ["--connections", "2"]
    ).finish()
    #expect(code == 2 && output.contains(hint), "\(output)")
  }
}
