import ChannelMessages
import Glibc
import TestSupport
import Testing
import Transom

/// Bridges that the daemon keeps.
@Suite("Bridges of the daemon", .timeLimit(.minutes(2))) struct DaemonBridgeTests {
  /// Two channels whose messages go over a socket to each other: what is asked in one is answered in the other.
  private static func joined(acknowledgement: String = "peer") -> String {
    """
    [[bridge]]
    name = "far"
    channels = ["far"]
    side = "frontend"
    listen = "unix:FOLDER/bridge.sock"
    ack = "\(acknowledgement)"
    [[bridge]]
    name = "near"
    channels = ["near"]
    connect = "unix:FOLDER/bridge.sock"
    ack = "\(acknowledgement)"
    """
  }

  @Test func carryRequestsAndEventsFromFilesToFiles() async throws {
    try await DaemonScene.with(Self.joined()) { scene in
      let near = try scene.channel("near")
      let far = try scene.channel("far", as: .backend)
      let responder = far.respond(to: "double") { (number: Int) in 2 * number }
      #expect(scene.moment(of: "connected with", #""bridge":"near""#) != nil)
      for number in 0..<20 {
        let answer: Int = try await near.request("double", number, timeout: .seconds(10))
        #expect(answer == 2 * number)
      }
      let messages = far.messages
      for number in 0..<100 { try await near.send("news", JSONText(integer: number)) }
      for number in 0..<100 { #expect(try await messages.next()?.payload == JSONText(integer: number)) }
      await near.close()
      await far.close()
      withExtendedLifetime(responder) {}
    }
  }

  /// Somebody who waits for something wants to know where it is.
  @Test func tellHowFarEachMessageHasCome() async throws {
    try await DaemonScene.with(Self.joined()) { scene in
      let near = try scene.channel("near")
      let far = try scene.channel("far", as: .backend)
      let (messages, requests) = (far.messages, Counter())
      let responder = far.respond(to: "double") { (number: Int) in
        requests.add()
        return 2 * number
      }
      #expect(scene.moment(of: "connected with", #""bridge":"near""#) != nil)
      let told = try await near.send("news", 1)
      let arrived = try #require(try await messages.next()?.id)
      let asked = try await near.ask([Question("double", 4, fields: [], timeout: .seconds(10))])[0]
      #expect(try await asked.payload() == 8 && requests.value == 1)
      for (id, steps) in [
        (told.id, ["was written to the other end: near: ", "was dealt with: near"]),
        (arrived, ["came into the channel: far: event news"]),
        (
          asked.id,
          ["came into the channel: near: request double", "was written to the other end: near: ", "was answered: near"]
        ),
      ] {
        try await eventually {
          let program = String(try DaemonScene.program.dropLast())
          let words = [program, "trace", id, "--socket", scene.folder + "/admin.sock"]
          let output = try ProcessRun(words).finish().output
          return steps.allSatisfy { output.contains($0) }
        }
      }
      await near.close()
      await far.close()
      withExtendedLifetime(responder) {}
    }
  }

  @Test func goOnWhereTheyWereOverTheEndsOfDaemons() async throws {
    try await DaemonScene.with(Self.joined()) { scene in
      let near = try scene.channel("near")
      let far = try scene.channel("far", as: .backend)
      let messages = far.messages
      #expect(scene.moment(of: "connected with", #""bridge":"near""#) != nil)
      var number = 0
      for round in 0..<6 {
        for _ in 0..<50 {
          try await near.send("news", JSONText(integer: number))
          number += 1
        }
        try scene.kill(round.isMultiple(of: 2) ? SIGKILL : SIGTERM)
        try scene.start()
      }
      for wanted in 0..<number {
        let payload = try await messages.next()?.payload
        #expect(payload == JSONText(integer: wanted))
        if payload != JSONText(integer: wanted) { break }
      }
      await near.close()
      await far.close()
    }
  }

  @Test func showTheTokenThatTheirFileHasNow() async throws {
    let server = try RawSocket(listeningAtPort: 0)
    func shown() throws -> String {
      let text = String(decoding: try server.accept().receive(), as: UTF8.self)
      return text.split(separator: "\r\n").first { $0.hasPrefix("Authorization: ") }.map(String.init) ?? text
    }
    let bridge = """
      [[bridge]]
      name = "near"
      channels = ["near"]
      connect = "ws://127.0.0.1:\(server.port)/"
      token = "FOLDER/token"
      """
    try await DaemonScene.with("") { scene in
      func write(_ token: String) {
        RawFiles.write(token, to: scene.folder + "/token")
        RawFiles.setPermissions(scene.folder + "/token", to: 0o600)
      }
      await (try scene.channel("near")).close()
      write("0123456789abcdef")
      scene.configure(bridge)
      scene.signal(SIGHUP)
      #expect(try shown() == "Authorization: Bearer 0123456789abcdef")
      write("fedcba9876543210")
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 2))
      // One may have come before.
      while try shown() == "Authorization: Bearer 0123456789abcdef" {}
      #expect(try shown() == "Authorization: Bearer fedcba9876543210")
    }
  }

  @Test func comeAndGoWithTheConfigurationAndTheChannels() async throws {
    try await DaemonScene.with("") { scene in
      let near = try scene.channel("near")
      let far = try scene.channel("far", as: .backend)
      let responder = far.respond(to: "double") { (number: Int) in 2 * number }
      scene.configure(Self.joined())
      scene.signal(SIGHUP)
      #expect(scene.moment(of: #""message":"reloaded""#, "near") != nil)
      let doubled: Int = try await near.request("double", 4, timeout: .seconds(10))
      #expect(doubled == 8)
      // The same once more changes nothing for those who are connected.
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 2))
      #expect(!scene.said.contains { $0.contains("is done") || $0.contains("is lost") })
      scene.configure("")
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 3))
      try await eventually { !RawFiles.exists(scene.folder + "/bridge.sock") }
      await #expect(throws: ChannelError.self) {
        _ = try await near.request("double", 4, timeout: .milliseconds(300)) as Int
      }
      await near.close()
      await far.close()
      withExtendedLifetime(responder) {}
    }
  }

  @Test func tryAgainWhereSomebodyElseListens() async throws {
    try await DaemonScene.with("") { scene in
      RawFiles.write("", to: scene.folder + "/bridge.sock")
      let near = try scene.channel("near")
      let far = try scene.channel("far", as: .backend)
      let responder = far.respond(to: "double") { (number: Int) in 2 * number }
      scene.configure(Self.joined())
      scene.signal(SIGHUP)
      #expect(scene.moment(of: "cannot be had", #""bridge":"far""#) != nil)
      RawFiles.remove(scene.folder + "/bridge.sock")
      let doubled: Int = try await near.request("double", 4, timeout: .seconds(20))
      #expect(doubled == 8)
      await near.close()
      await far.close()
      withExtendedLifetime(responder) {}
    }
  }

  private static func alone(_ acknowledgement: String = "peer") -> String {
    """
    [[bridge]]
    name = "out"
    channels = ["near"]
    connect = "unix:FOLDER/peer.sock"
    attempts = 2
    ack = "\(acknowledgement)"
    """
  }

  @Test func askNothingTwiceThoughTheDaemonIsKilled() async throws {
    try await DaemonScene.with("") { scene in
      let server = try LineServer(at: scene.folder + "/peer.sock") { _ in [] }
      scene.configure(Self.alone())
      scene.signal(SIGHUP)
      let near = try scene.channel("near")
      let answer = Task { try await near.request("pay", JSONText(integer: 1), timeout: .seconds(20)) as JSONText }
      try await eventually { server.lines.contains { $0.contains("pay") } }
      try scene.kill()
      try scene.start()
      let error = await #expect(throws: ChannelError.self) { _ = try await answer.value }
      #expect(error?.what.contains("interrupted") == true, "\(error.map { "\($0)" } ?? "none")")
      #expect(server.lines.count { $0.contains("pay") } == 1)
      await near.close()
    }
  }

  /// What is refused keeps nothing behind it waiting for ever.
  @Test func setAsideWhatIsRefusedAgainAndAgain() async throws {
    try await DaemonScene.with("") { scene in
      let server = try LineServer(at: scene.folder + "/peer.sock") { line in
        let text = String(decoding: line, as: UTF8.self)
        guard let message = try? Message(line) else { return [] }
        let says = text.contains("poison") ? #"{"refused":"I cannot eat that"}"# : #"{"ack":["\#(message.id)"]}"#
        return Array((says + "\n").utf8)
      }
      scene.configure(Self.alone())
      scene.signal(SIGHUP)
      let near = try scene.channel("near")
      #expect(scene.moment(of: "connected with", #""bridge":"out""#) != nil)
      for payload in ["good 1", "poison", "good 2"] { try await near.send("meal", payload) }
      try await eventually { server.lines.contains { $0.contains("good 2") } }
      #expect(scene.moment(of: "set aside", "I cannot eat that") != nil)
      #expect(server.lines.count { $0.contains("poison") } == 2)
      let command = [
        String(try DaemonScene.program.dropLast()), "dead", "list", "--socket", scene.folder + "/admin.sock",
      ]
      let letters = try ProcessRun(command).finish().output
      #expect(letters.contains("meal"))
      await near.close()
    }
  }

  /// Those of this side had it already, and were done with it.
  @Test func leaveLettersThatTheirPeersRefusedToPeople() async throws {
    try await DaemonScene.with("") { scene in
      let server = try LineServer(at: scene.folder + "/peer.sock") { _ in Array("{\"refused\":\"not that\"}\n".utf8) }
      let handler = """
        [[handler]]
        name = "eater"
        run = ["sh", "-c", "echo eaten >>FOLDER/eaten"]
        events = ["meal"]
        """
      scene.configure(Self.alone() + "\n" + handler)
      scene.signal(SIGHUP)
      let near = try scene.channel("near")
      #expect(scene.moment(of: "connected with", #""bridge":"out""#) != nil)
      try await near.send("meal", JSONText(integer: 1))
      #expect(scene.moment(of: "set aside", "not that") != nil)
      try await eventually { scene.lines(of: "eaten").count == 1 }
      func dead(_ words: String...) throws -> (code: Int32, output: String) {
        let command = [String(try DaemonScene.program.dropLast()), "dead"] + words
        return try ProcessRun(command + ["--socket", scene.folder + "/admin.sock"]).finish()
      }
      let one = try dead("retry", "1")
      #expect(one.code != 0 && one.output.contains("the bridge out") && one.output.contains("transom dead drop 1"))
      let all = try dead("retry", "--all")
      #expect(all.code == 0 && all.output.contains("retrying 0 dead letters"), "\(all.output)")
      #expect(scene.lines(of: "eaten").count == 1)
      #expect(try dead("drop", "1").code == 0)
      await near.close()
      withExtendedLifetime(server) {}
    }
  }

  /// Whoever does not answer is left alone, and whoever asks need not wait for that.
  @Test func leaveThoseAloneWhoDoNotAnswer() async throws {
    try await DaemonScene.with("") { scene in
      let isWell = Latch()
      let server = try LineServer(at: scene.folder + "/peer.sock") { line in
        guard isWell.isOpen, let message = try? Message(line) else { return [] }
        return Array("{\"type\":\"response\",\"reply_to\":\"\(message.id)\",\"payload\":7}\n".utf8)
      }
      scene.configure(
        Self.alone() + "\nfailure-limit = 2\nfailure-pause = \"1s\"\ntime-limit = \"300ms\"\ncache = [\"look\"]"
      )
      scene.signal(SIGHUP)
      let near = try scene.channel("near")
      for _ in 0..<2 {
        let error = await #expect(throws: ChannelError.self) {
          _ = try await near.request("look", JSONText(integer: 1), timeout: .seconds(20)) as JSONText
        }
        #expect(error?.what.contains("did not answer") == true)
      }
      let error = await #expect(throws: ChannelError.self) {
        _ = try await near.request("look", JSONText(integer: 1), timeout: .seconds(20)) as JSONText
      }
      #expect(error?.what.contains("left alone") == true)
      #expect(server.lines.count { $0.contains("look") } == 2)
      isWell.open()
      try await eventually {
        (try? await near.request("look", JSONText(integer: 1), timeout: .seconds(20)) as JSONText)
          == JSONText(integer: 7)
      }
      // What is remembered is not asked again.
      let before = server.lines.count
      let again: JSONText = try await near.request("look", JSONText(integer: 1), timeout: .seconds(20))
      #expect(again == JSONText(integer: 7) && server.lines.count == before)
      await near.close()
    }
  }
}
