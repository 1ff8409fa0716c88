import ChannelMessages
import ChannelWires
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite("Requests over a bridge", .timeLimit(.minutes(2))) struct BridgeRequestTests {
  @Test func ofTheChannelAreAnsweredByWhoeverIsConnected() async throws {
    try await BridgeScene.with { scene in
      let (channel, talker) = (try scene.open(), try scene.connect())
      let sum = Task { try await channel.request("sum", [1, 2], timeout: .seconds(20)) }
      let question = try talker.message()
      #expect(question.kind == .request && question.method == "sum" && question.payload == [1, 2])
      try talker.answer(question, 3)
      #expect(try await sum.value == 3)
      let failed = Task { try await channel.request("fail", timeout: .seconds(20)) }
      try talker.say("{\"type\":\"response\",\"reply_to\":\"\(try talker.message().id)\",\"error\":\"no idea\"}")
      let error = await #expect(throws: ChannelError.self) { try await failed.value }
      #expect(error?.code == .answeredWithError && error?.what == "no idea")
    }
  }

  @Test func ofOthersAreAnsweredByTheChannel() async throws {
    try await BridgeScene.with { scene in
      let (channel, talker) = (try scene.open(), try scene.connect())
      channel.respond(to: "double") { (number: Int) in number * 2 }
      channel.respond(to: "fail") { (_: Message) in throw BridgeFailure() }
      for number in 0..<100 {
        try talker.say("{\"id\":\"same\",\"type\":\"request\",\"method\":\"double\",\"payload\":\(number)}")
        let answer = try talker.message()
        #expect(answer.replyTo == "same" && answer.payload == JSONText(integer: number * 2))
      }
      try talker.say("{\"id\":\"f\",\"type\":\"request\",\"method\":\"fail\"}")
      #expect(try talker.message().error == "it went wrong")
    }
  }

  @Test func needNoLineFeedAtTheVeryEnd() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      channel.respond(to: "double") { (number: Int) in number * 2 }
      let talker = try scene.connect()
      try talker.socket.send(#"{"id":"1","type":"request","method":"double","payload":4}"#)
      talker.socket.finish()
      #expect(try talker.message().payload == 8)
      // What came before something that is none is answered, too.
      let other = try scene.connect()
      try other.say(#"{"id":"2","type":"request","method":"double","payload":5}"#)
      try other.socket.send(#"{"id":"3","type":"request","meth"#)
      other.socket.finish()
      #expect(try other.message().payload == 10)
      guard case .refusedThere(let words) = try other.next() else { throw Talker.Silence() }
      #expect(words == "line 2 breaks off, and is no message")
      scene.awaitLine("is refused: line 2 breaks off")
    }
  }

  /// Two who use the same ids get each their own answers.
  @Test func ofSeveralAreNotMixedUp() async throws {
    try await BridgeScene.with { scene in
      let (channel, first, second) = (try scene.open(), try scene.connect(), try scene.connect())
      channel.respond(to: "echo") { (text: String) in text }
      for number in 0..<50 {
        try first.say("{\"id\":\"\(number)\",\"type\":\"request\",\"method\":\"echo\",\"payload\":\"first\"}")
        try second.say("{\"id\":\"\(number)\",\"type\":\"request\",\"method\":\"echo\",\"payload\":\"second\"}")
      }
      for _ in 0..<50 {
        #expect(try first.message().payload == "first")
        #expect(try second.message().payload == "second")
      }
    }
  }

  /// Whoever has fewer to answer gets the next one.
  @Test func goToThePeerThatHasTheFewest() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      let talkers = [try scene.connect(), try scene.connect()]
      for _ in talkers { scene.awaitLine("connected") }
      try await withThrowingTaskGroup(of: JSONText.self) { group in
        for number in 0..<20 {
          group.addTask { try await channel.request("work", JSONText(integer: number), timeout: .seconds(20)) }
        }
        var questions: [[Message]] = [[], []]
        for (place, talker) in talkers.enumerated() {
          for _ in 0..<10 { questions[place].append(try talker.message()) }
        }
        for (place, talker) in talkers.enumerated() {
          for question in questions[place] { try talker.answer(question, JSONText(integer: place)) }
        }
        var answers = [0, 0]
        for try await answer in group { answers[answer == 0 ? 0 : 1] += 1 }
        #expect(answers == [10, 10])
      }
    }
  }

  @Test func failAtOnceWhenThePeerIsLost() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      var talker: Talker? = try scene.connect()
      let answer = Task { try await channel.request("work", timeout: .seconds(20)) }
      _ = try talker?.message()
      talker = nil
      let error = await #expect(throws: ChannelError.self) { try await answer.value }
      #expect(
        error?.what.contains("was lost before it answered; it may have done what was asked") == true,
        "\(String(describing: error))"
      )
    }
  }

  @Test func waitForSomebodyToConnect() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      let answer = Task { try await channel.request("work", timeout: .seconds(20)) }
      let talker = try scene.connect()
      try talker.answer(try talker.message(), 1)
      #expect(try await answer.value == 1)
    }
  }

  @Test func failWhenNobodyComesOrAnswers() async throws {
    try await BridgeScene.with(["--listen", "--timeout", "300ms"]) { scene in
      let channel = try scene.open()
      let alone = await #expect(throws: ChannelError.self) { try await channel.request("work", timeout: .seconds(20)) }
      #expect(alone?.what == "nobody is connected at unix:\(scene.socketPath)")
      let talker = try scene.connect()
      let answer = Task { try await channel.request("work", timeout: .seconds(20)) }
      let question = try talker.message()
      let late = await #expect(throws: ChannelError.self) { try await answer.value }
      #expect(late?.what.hasSuffix("did not answer within 300 ms") == true, "\(String(describing: late))")
      try talker.answer(question, 1)
      #expect(scene.awaitLine("does not go across").contains("it answers nothing that"))
    }
  }

  /// Whoever came by a door learns nothing of those at another bridge.
  @Test func nameNobodyToWhoeverAskedFromAfar() async throws {
    try await BridgeScene.with(["--listen", "--timeout", "300ms"]) { scene in
      let words = ["--listen", "--as", "frontend"]
      let door = try ProcessRun(try BridgeScene.command(scene.channelPath, "http://127.0.0.1:0", words))
      var url: String?
      while url == nil, let line = door.line() {
        if line.contains("listening at ") { url = line.split(separator: " ").last.map(String.init) }
      }
      let target = try #require(url) + "/channels/channel/requests/work"
      func ask() async throws -> String {
        try await ThreadExecutor.run {
          try ProcessRun.run("curl", "-sS", "--max-time", "20", "-X", "POST", target).output
        }
      }
      let alone = try await ask()
      #expect(alone.contains(#""message":"nobody is connected"}"#), "\(alone)")
      let talker = try scene.connect()
      scene.awaitLine("connected")
      let late = try await ask()
      #expect(late.contains(#""message":"whoever was asked did not answer within 300 ms"}"#), "\(late)")
      let lost = Task { try await ask() }
      for _ in 0..<2 { _ = try talker.message() }
      talker.socket.shut()
      #expect(try await lost.value.contains(#""message":"whoever was asked was lost before it answered; it may"#))
    }
  }

  @Test func areKnownByOtherNamesAsTheRouteSays() async throws {
    let words = ["--listen", "--out", "db.* -> store.{1}", "--in", "in.*"]
    try await BridgeScene.with(words) { scene in
      let (channel, talker) = (try scene.open(), try scene.connect())
      channel.respond(to: "*") { (request: Message) in JSONText("\(request.method ?? "")") }
      let answer = Task { try await channel.request("db.get", timeout: .seconds(20)) }
      let question = try talker.message()
      #expect(question.method == "store.get")
      try talker.answer(question, 1)
      #expect(try await answer.value == 1)
      let unknown = await #expect(throws: ChannelError.self) {
        try await channel.request("other", timeout: .milliseconds(300))
      }
      #expect(unknown?.code == .timedOut)
      try talker.say("{\"id\":\"1\",\"type\":\"request\",\"method\":\"in.a\"}")
      #expect(try talker.message().payload == "in.a")
      try talker.say("{\"id\":\"2\",\"type\":\"request\",\"method\":\"out.a\"}")
      #expect(try talker.message().error == "no request of this name goes across")
    }
  }

  /// As it is when a program asks and says that this was all.
  @Test func areAnsweredThoughWhoAsksSaysNothingMore() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      channel.respond(to: "double") { (number: Int) in number * 2 }
      let line = "{\"id\":\"1\",\"type\":\"request\",\"method\":\"double\",\"payload\":21}"
      let command = "printf '%s\\n' '\(line)' | socat -t 20 - UNIX-CONNECT:\(scene.socketPath)"
      let (code, output) = try ProcessRun.run("sh", "-c", command)
      #expect(code == 0 && output.contains("\"reply_to\":\"1\",\"payload\":42}"), "\(output)")
    }
  }

  @Test func areAnsweredAlthoughItIsToldToEndMeanwhile() async throws {
    try await BridgeScene.with { scene in
      let (channel, talker) = (try scene.open(), try scene.connect())
      let answer = Task { try await channel.request("work", timeout: .seconds(20)) }
      let question = try talker.message()
      scene.tell(SIGTERM)
      try talker.answer(question, 5)
      #expect(try await answer.value == 5)
      #expect(scene.finish().code == 128 + SIGTERM)
      #expect(throws: Talker.Silence.self) { try talker.next() }
    }
  }
}

private struct BridgeFailure: Error, CustomStringConvertible {
  let description = "it went wrong"
}
