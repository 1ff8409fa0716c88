import ChannelMessages
import ChannelWires
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// `send`, `request`, `listen` and `respond` with a URL in the directory's place.
@Suite("Commands over sockets", .timeLimit(.minutes(2))) struct SocketCommandTests {
  private static func start(_ words: String...) throws -> ProcessRun {
    try ProcessRun([try BridgeScene.program] + words)
  }

  private static func run(_ words: String...) throws -> (code: Int32, output: String) {
    try ProcessRun([try BridgeScene.program] + words).finish()
  }

  // MARK: With a bridge

  @Test func aRequestIsAnsweredThroughABridge() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      channel.respond(to: "double") { (number: Int) in number * 2 }
      channel.respond(to: "fail") { (_: Message) in throw WentWrong() }
      let (code, output) = try Self.run("request", scene.url, "double", "21")
      #expect(code == 0 && output == "42\n", "\(output)")
      let failed = try Self.run("request", scene.url, "fail")
      #expect(failed.code == 1 && failed.output.contains("it went wrong"), "\(failed.output)")
    }
  }

  @Test func eventsComeIntoTheChannelOfABridgeAndAreToldByTheirIDs() async throws {
    try await BridgeScene.with { scene in
      let heard = try scene.open().messages
      let one = try Self.run("send", scene.url, "--event", "progress", "40")
      #expect(one.code == 0 && one.output.split(separator: "\n").count == 1, "\(one.output)")
      let first = try await heard.next()
      #expect(first?.method == "progress" && first?.payload == 40)
      let lines = "printf '1\\n2\\n\\n\"3\"\\n' | '\(try BridgeScene.program)' send \(scene.url) -e line --stdin --json"
      let (code, output) = try ProcessRun.run("sh", "-c", lines)
      #expect(code == 0 && output.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"id\":\"") }, "\(output)")
      #expect(output.split(separator: "\n").count == 3)
      for payload: JSONText in [1, 2, "3"] { #expect(try await heard.next()?.payload == payload) }
      let many = try Self.run("send", scene.url, "--event", "tick", "--count", "1000", "-q")
      #expect(many.code == 0 && many.output.isEmpty, "\(many.output)")
      for _ in 0..<1_000 { #expect(try await heard.next()?.method == "tick") }
    }
  }

  @Test func eventsOfABridgeArePrinted() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      let listening = try Self.start("listen", scene.url, "-n", "2", "--method", "a")
      #expect(listening.line()?.contains("listening to unix:") == true)
      scene.awaitLine("connected")
      try await channel.send("a", 1)
      try await channel.send("b", 2)
      try await channel.send("a", 3)
      let (code, output) = listening.finish()
      let payloads = try output.split(separator: "\n").map { try Message(Array($0.utf8)).payload }
      #expect(code == 0 && payloads == [1, 3], "\(output)")
    }
  }

  /// Whoever asks in the channel does not wait for somebody who only listens.
  @Test func aListenerRefusesWhatItIsAsked() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      let listening = try Self.start("listen", scene.url, "-n", "1")
      scene.awaitLine("connected")
      let error = await #expect(throws: ChannelError.self) { try await channel.request("a", timeout: .seconds(20)) }
      #expect(error?.what.contains("only listens") == true, "\(String(describing: error))")
      let (code, output) = listening.finish()
      #expect(code == 0 && output.contains("\"method\":\"a\""), "\(output)")
    }
  }

  @Test func aCommandAnswersWhatAChannelAsksThroughABridge() async throws {
    try await BridgeScene.with { scene in
      let channel = try scene.open()
      let responding = try Self.start("respond", scene.url, "-m", "shout", "--", "tr", "a-z", "A-Z")
      #expect(responding.line()?.contains("answering requests for shout of unix:") == true)
      scene.awaitLine("connected")
      #expect(try await channel.request("shout", "hello", timeout: .seconds(20)) == "HELLO")
      let error = await #expect(throws: ChannelError.self) { try await channel.request("b", timeout: .seconds(20)) }
      #expect(error?.what == "nobody answers this method here")
      kill(responding.pid, SIGTERM)
      #expect(responding.finish().code == 128 + SIGTERM)
    }
  }

  @Test func allOfItIsSecuredByTLS() async throws {
    let words = ["--listen", "--cert", "@server.pem", "--key", "@server.key", "--ca", "@ca.pem"]
    try await BridgeScene.with(words, at: "tls:127.0.0.1:0", prepare: TestCertificates.write) { scene in
      let channel = try scene.open()
      channel.respond(to: "double") { (number: Int) in number * 2 }
      let folder = scene.folder
      let own = ["--cert", folder + "/client.pem", "--key", folder + "/client.key", "--ca", folder + "/ca.pem"]
      let words = [try BridgeScene.program, "request", scene.url, "double", "21"]
      let (code, output) = try ProcessRun(words + own).finish()
      #expect(code == 0 && output == "42\n", "\(output)")
      let stranger = try ProcessRun(words + own.suffix(2)).finish()
      #expect(stranger.code == 7 && stranger.output.contains("refuses"), "\(stranger.output)")
      let unknown = try ProcessRun(words).finish()
      #expect(unknown.code == 7 && unknown.output.contains("not trusted here"), "\(unknown.output)")
    }
  }

  // MARK: With others

  @Test func whoLeavesBeforeItAnswersIsNoTimeOut() throws {
    try Self.withListener { url, listener in
      let asking = try Self.start("request", url, "sum", "[1, 2]", "--timeout", "20s")
      var talker: Talker? = Talker(try listener.accept())
      #expect(try talker?.message().payload == [1, 2])
      talker = nil
      let (code, output) = asking.finish()
      #expect(code == 7 && output.contains("left before it answered \"sum\""), "\(code) \(output)")
    }
  }

  @Test func silenceIsATimeOut() throws {
    try Self.withListener { url, listener in
      let asking = try Self.start("request", url, "sum", "--timeout", "300ms")
      let talker = Talker(try listener.accept())
      let (code, output) = asking.finish()
      #expect(code == 3 && output.contains("no answer to \"sum\" within 300"), "\(code) \(output)")
      #expect(try talker.message().method == "sum")
    }
  }

  @Test func answersToOthersAndEventsAreNotTheAnswer() throws {
    try Self.withListener { url, listener in
      let asking = try Self.start("request", url, "sum")
      let talker = Talker(try listener.accept())
      let question = try talker.message()
      try talker.say("{\"type\":\"event\",\"method\":\"sum\",\"payload\":1}")
      try talker.say("{\"type\":\"response\",\"reply_to\":\"other\",\"payload\":2}")
      try talker.say("{\"id\":\"r\",\"type\":\"request\",\"method\":\"x\"}")
      let refusal = try talker.message()
      #expect(refusal.replyTo == "r" && refusal.error?.contains("only asks") == true)
      try talker.answer(question, 3)
      #expect(asking.finish() == (0, "3\n"))
    }
  }

  @Test func garbageIsToldAndRefused() throws {
    try Self.withListener { url, listener in
      let asking = try Self.start("request", url, "sum", "--timeout", "20s")
      let talker = Talker(try listener.accept())
      _ = try talker.message()
      try talker.say("HTTP/1.1 400 Bad Request")
      let (code, output) = asking.finish()
      #expect(code == 7 && output.contains("cannot be read: line 1"), "\(code) \(output)")
      guard case .refusedThere = try talker.next() else {
        Issue.record("it was not told")
        return
      }
    }
  }

  @Test func whatTheOtherEndRefusesIsAnError() throws {
    try Self.withListener { url, listener in
      let sending = try Self.start("send", url, "-e", "a", "-q")
      let talker = Talker(try listener.accept())
      #expect(try talker.message().method == "a")
      try talker.say("{\"refused\":\"not today\"}")
      let (code, output) = sending.finish()
      #expect(code == 7 && output.contains("it refused what it got: not today"), "\(code) \(output)")
    }
  }

  @Test func whatIsPrintedIsAcknowledged() throws {
    try Self.withListener { url, listener in
      let listening = try Self.start("listen", url, "-q", "-n", "2", "--type", "event")
      let talker = Talker(try listener.accept())
      try talker.say("{\"id\":\"1\",\"type\":\"event\",\"method\":\"a\"}")
      #expect(listening.line()?.contains("\"id\":\"1\"") == true)
      #expect(try talker.next() == .acknowledged(["1"]))
      try talker.say("{\"id\":\"2\",\"type\":\"event\",\"method\":\"a\"}")
      #expect(try talker.next() == .acknowledged(["2"]))
      #expect(throws: Talker.Silence.self) { try talker.next() }
      #expect(listening.finish().code == 0)
    }
  }

  /// What came before the end is printed, and then the end is told.
  @Test func aListenerEndsWithTheOtherEnd() throws {
    try Self.withListener { url, listener in
      let listening = try Self.start("listen", url, "-q")
      var socket: RawSocket? = try listener.accept()
      try socket?.send("{\"id\":\"1\",\"type\":\"event\",\"method\":\"a\"}\n")
      socket?.finish()
      let (code, output) = listening.finish()
      #expect(code == 4 && output.contains("\"id\":\"1\"") && output.contains("has left"), "\(code) \(output)")
      socket = nil
    }
  }

  @Test func aListenerWaitsNoLongerThanItMay() throws {
    try Self.withListener { url, listener in
      let listening = try Self.start("listen", url, "-n", "1", "-w", "200ms")
      let talker = Talker(try listener.accept())
      let (code, output) = listening.finish()
      #expect(code == 3 && output.contains("nothing came for 200"), "\(code) \(output)")
      #expect(throws: Talker.Silence.self) { try talker.next() }
    }
  }

  @Test func socatHearsEvents() throws {
    try withScratchDirectory { folder in
      let path = folder + "/s"
      let hearing = try ProcessRun(["socat", "-d", "-d", "-u", "UNIX-LISTEN:\(path)", "-"])
      #expect(hearing.line()?.contains("listening on") == true)
      let (code, output) = try Self.run("send", "unix:\(path)", "-e", "a", "\"hello\"", "-q")
      #expect(code == 0, "\(output)")
      #expect(hearing.finish().output.contains("\"method\":\"a\",\"payload\":\"hello\""))
    }
  }

  // MARK: With nobody

  @Test(arguments: [["request", "", "sum"], ["send", "", "-e", "a"], ["listen", ""], ["respond", "", "--", "true"]])
  func nobodyThereIsToldAsThat(words: [String]) throws {
    try withScratchDirectory { folder in
      let url = "unix:\(folder)/none"
      let words = [try BridgeScene.program] + words.map { $0.isEmpty ? url : $0 }
      let (code, output) = try ProcessRun(words).finish()
      #expect(code == 4 && output.contains("\(url): nobody listens there"), "\(code) \(output)")
    }
  }

  @Test(arguments: [
    (["request", "tcp:nowhere", "sum"], "is no address"),
    (["request", "tcp:127.0.0.1:1", "sum", "--as", "backend"], "--as is for a channel's directory"),
    (["send", "unix:@x", "-e", "a", "--durability", "power"], "--durability is for a channel's directory"),
    (["listen", "unix:@x", "--reader", "a"], "--reader is for a channel's directory"),
    (["listen", "tcp:127.0.0.1:1", "--ca", "x"], "belong to an address with tls:"),
    (["listen", "/nowhere", "--ca", "x"], "--ca belongs to a URL"),
    (["request", "unix:@x", "sum", "{"], "is no JSON"), (["respond", "unix:@x", "--", "/nowhere"], "no program"),
  ])
  func whatCannotBeMeantIsRefused(words: [String], why: String) throws {
    let (code, output) = try ProcessRun([try BridgeScene.program] + words).finish()
    #expect(code == 2 && output.contains(why), "\(code) \(output)")
  }

  /// A directory of such a name is still within reach.
  @Test func aPathIsNoAddress() throws {
    let (code, output) = try Self.run("request", "./tcp:x", "sum")
    #expect(code == 4 && output.contains("/tcp:x"), "\(code) \(output)")
  }

  private static func withListener(_ body: (String, RawSocket) throws -> Void) throws {
    try withScratchDirectory { folder in
      try body("unix:\(folder)/s", try RawSocket(listeningAt: folder + "/s"))
    }
  }
}

private struct WentWrong: Error, CustomStringConvertible {
  let description = "it went wrong"
}
