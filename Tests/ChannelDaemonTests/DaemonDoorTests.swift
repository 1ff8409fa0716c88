import ChannelMessages
import Glibc
import TestSupport
import Testing
import Transom

/// Doors that the daemon keeps, as curl finds them.
@Suite("Doors of the daemon", .timeLimit(.minutes(2))) struct DaemonDoorTests {
  private static func door(_ lines: String = "") -> String {
    """
    \(DaemonScene.echo)
    [[door]]
    name = "web"
    listen = "http:FOLDER/door.sock"
    \(lines)
    """
  }

  @Test func leadToHandlersInAnyChannel() async throws {
    try await DaemonScene.with(Self.door(#"channels = ["a", "jobs/*"]"#)) { scene in
      RawFiles.makeDirectory(scene.root + "/jobs")
      for name in ["a", "jobs/b", "other"] { await (try scene.channel(name)).close() }
      for path in ["a", "jobs%2Fb"] {
        try await eventually {
          let (status, text) = try await scene.curl("/channels/\(path)/requests/echo", DaemonScene.post("[1]"))
          return status == 200 && text == "[1]\n"
        }
      }
      for path in ["other", "jobs", "jobs%2F..%2Fa", "nobody", "a%2F"] {
        let (status, _) = try await scene.curl("/channels/\(path)/requests/echo", DaemonScene.post("[1]"))
        #expect(status == 404, "\(path)")
      }
    }
  }

  /// A door does not keep those from answering who answer in the channel itself.
  @Test func takeNoRequestsWhereNobodyIsThereToAnswer() async throws {
    try await DaemonScene.with(Self.door()) { scene in
      let frontend = try scene.channel("a")
      let backend = try scene.channel("a", as: .backend)
      try await eventually { try await scene.curl("/channels/a/events/hello", DaemonScene.post("1")).0 == 200 }
      let answer = Task { try await backend.request("who", JSONText(integer: 1), timeout: .seconds(20)) as JSONText }
      let responder = frontend.respond(to: "who") { (request: Message) in JSONText(integer: 7) }
      #expect(try await answer.value == JSONText(integer: 7))
      await frontend.close()
      await backend.close()
      withExtendedLifetime(responder) {}
    }
  }

  @Test func moveAndCloseWithTheConfiguration() async throws {
    try await DaemonScene.with(Self.door()) { scene in
      await (try scene.channel("a")).close()
      try await eventually {
        try await scene.curl("/channels/a/requests/echo", DaemonScene.post("1")).0 == 200
      }
      scene.configure(Self.door(#"channels = ["b"]"#))
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 1))
      #expect(try await scene.curl("/channels/a/requests/echo", DaemonScene.post("1")).0 == 404)
      // One at a place that nobody can have changes nothing.
      scene.configure(Self.door() + "\n[[door]]\nname = \"other\"\nlisten = \"http:/nowhere/door.sock\"")
      scene.signal(SIGHUP)
      #expect(scene.moment(of: "/nowhere/door.sock", #""level":"error""#) != nil)
      #expect(try await scene.curl("/channels/a/requests/echo", DaemonScene.post("1")).0 == 404)
      scene.configure(DaemonScene.echo)
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 2))
      try await eventually { try await scene.curl("/").0 == 0 }
    }
  }

  /// One that has gone keeps its place from none after it, whatever is still being answered there.
  @Test func findTheirPlaceFreeHoweverOftenTheyGoAndComeAgain() async throws {
    try await DaemonScene.with(Self.door()) { scene in
      let backend = try scene.channel("a", as: .backend)
      let (asked, done) = (Latch(), Latch())
      let responder = backend.respond(to: "wait") { (_: Message) in
        asked.open()
        await done.passed()
        return JSONText(integer: 1)
      }
      let answer = Task { try await scene.curl("/channels/a/requests/wait", DaemonScene.post("1")).0 }
      await asked.passed()
      for (number, configuration) in [DaemonScene.echo, Self.door(), DaemonScene.echo, Self.door()].enumerated() {
        scene.configure(configuration)
        scene.signal(SIGHUP)
        #expect(scene.hasSaid(#""message":"reloaded""#, times: number + 1))
      }
      try await eventually { try await scene.curl("/").0 == 200 }
      done.open()
      _ = try await answer.value
      await backend.close()
      withExtendedLifetime(responder) {}
    }
  }

  @Test func letThoseInWhomRulesLetIn() async throws {
    let rules = """
      tokens = "tokens"
      [[door.rule]]
      for = ["ana"]
      methods = ["echo"]
      events = []
      size = "100 B"
      [[door.rule]]
      for = ["bob"]
      channels = ["b"]
      rate = 0.01
      """
    let folder = try ScratchDirectory.make()
    RawFiles.write(
      "ana 0123456789abcdef-ana\nbob 0123456789abcdef-bob\neve 0123456789abcdef-eve\n",
      to: folder + "/tokens"
    )
    RawFiles.setPermissions(folder + "/tokens", to: 0o600)
    let scene = DaemonScene(folder, Self.door(rules))
    try scene.start()
    await (try scene.channel("a")).close()
    await (try scene.channel("b")).close()
    func bearer(_ name: String) -> [String] { ["-H", "Authorization: Bearer 0123456789abcdef-\(name)"] }
    func ask(_ channel: String, _ name: String, _ text: String = "1") async throws -> Int {
      try await scene.curl("/channels/\(channel)/requests/echo", DaemonScene.post(text, bearer(name))).0
    }
    try await eventually { try await ask("a", "ana") == 200 }
    #expect(try await ask("a", "ana", "[\(String(repeating: "1,", count: 60))1]") == 413)
    #expect(try await scene.curl("/channels/a/events/x", DaemonScene.post("1", bearer("ana"))).0 == 403)
    #expect(try await ask("a", "bob") == 404)
    #expect(try await ask("b", "bob") == 200)
    #expect(try await ask("b", "bob") == 429)
    #expect(try await ask("b", "eve") == 403)
    #expect(try await ask("b", "nobody") == 401)
    #expect(scene.moment(of: "was not let in", "no rule lets", "eve") != nil)
    #expect(scene.moment(of: "was not let in", "none that is known") != nil)
    #expect(!scene.said.contains { $0.contains("0123456789abcdef") })
    try scene.kill()
    try await DaemonScene.remove(folder)
  }

  @Test func doNotOpenWithTokensThatOthersMayRead() async throws {
    try await DaemonScene.with(Self.door()) { scene in
      RawFiles.write("ana 0123456789abcdef-ana\n", to: scene.folder + "/tokens")
      RawFiles.setPermissions(scene.folder + "/tokens", to: 0o644)
      scene.configure(Self.door("tokens = \"tokens\""))
      scene.signal(SIGHUP)
      #expect(scene.moment(of: "tokens of door web: ", "chmod 600", #""level":"error""#) != nil)
      let status = try await scene.curl("/").0
      #expect(status == 200)
    }
  }

  /// Whoever is taken out of the file of tokens is let out, and does not come in again.
  @Test func sendThoseAwayWhoseTokensAreRevoked() async throws {
    let folder = try ScratchDirectory.make()
    let (ana, bob) = ("ana 0123456789abcdef-ana\n", "bob 0123456789abcdef-bob\n")
    RawFiles.write(ana + bob, to: folder + "/tokens")
    RawFiles.setPermissions(folder + "/tokens", to: 0o600)
    let scene = DaemonScene(folder, Self.door("tokens = \"tokens\""))
    try scene.start()
    let channel = try scene.channel("a", as: .backend)
    func bearer(_ name: String) -> [String] { ["-N", "-H", "Authorization: Bearer 0123456789abcdef-\(name)"] }
    try await eventually { try await scene.curl("/channels/a/events/x", DaemonScene.post("1", bearer("ana"))).0 == 200 }
    let listening = ["ana", "bob"].map { name in
      Task { try await scene.curl("/channels/a/messages", bearer(name)) }
    }
    for name in ["ana", "bob"] { #expect(scene.moment(of: "connected with", "token \(name)") != nil) }
    try await channel.send("first", JSONText(integer: 1))
    RawFiles.write(bob, to: folder + "/tokens")
    let command = String(try DaemonScene.program.dropLast())
    let reload = try ProcessRun([command, "reload", "--socket", folder + "/admin.sock"]).finish()
    #expect(reload.output == "files read anew: \(folder)/tokens\nconnections sent away: 1\n", "\(reload)")
    let (status, text) = try await listening[0].value
    #expect(status == 200 && text.contains("first"), "\(text)")
    #expect(scene.moment(of: "ana", "sent away") != nil, "\(scene.said.suffix(6))")
    let refused = try await scene.curl("/channels/a/messages", bearer("ana"))
    #expect(refused.0 == 401 && !refused.1.contains("ana"))
    #expect(scene.moment(of: "was not let in", "none that is known") != nil)
    // Others notice nothing.
    try await channel.send("second", JSONText(integer: 2))
    await channel.close()
    try scene.kill(SIGTERM)
    let other = try await listening[1].value.1
    #expect(other.contains("first") && other.contains("second"))
    try await DaemonScene.remove(folder)
  }

  @Test func areCalledByTheNameThatTheyHaveNow() async throws {
    try await DaemonScene.with(Self.door()) { scene in
      let stranger = ["-H", "Origin: https://evil.example"]
      var status = try await scene.curl("/channels/a/messages", stranger).0
      #expect(status == 403)
      #expect(scene.moment(of: "was not let in", #""door":"web""#) != nil)
      scene.configure(Self.door().split(separator: #""web""#).joined(separator: #""shop""#))
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 1))
      status = try await scene.curl("/channels/a/messages", stranger).0
      #expect(status == 403)
      #expect(scene.moment(of: "was not let in", #""door":"shop""#) != nil)
      #expect(!scene.said.contains { $0.contains("was not let in") && $0.contains(#""web""#) && $0.contains("shop") })
    }
  }

  /// From the next connection on; and whoever came by the other way comes again.
  @Test func areSecuredAndUnsecuredWhereTheyAre() async throws {
    func door(_ scheme: String, _ more: String = "") -> String {
      "\(DaemonScene.echo)\n[[door]]\nname = \"web\"\nlisten = \"\(scheme)://127.0.0.1:0\"\n\(more)"
    }
    try await DaemonScene.with(door("http")) { scene in
      try TestCertificates.write(to: scene.folder)
      await (try scene.channel("a")).close()
      let port = try #require(scene.port(after: "http"))
      func ask(_ scheme: String) async throws -> Int {
        try await scene.curl(
          url: "\(scheme)://127.0.0.1:\(port)/channels/a/requests/echo",
          DaemonScene.post("1", ["--cacert", scene.folder + "/ca.pem"])
        ).0
      }
      try await eventually { try await ask("http") == 200 }
      let listening = Task { try await scene.curl(url: "http://127.0.0.1:\(port)/channels/a/messages", ["-N"]) }
      #expect(scene.moment(of: "connected with") != nil)
      let resting = try RawSocket(port: port)
      try resting.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
      #expect(String(decoding: try resting.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 200"))

      scene.configure(door("https", "cert = \"server.pem\"\nkey = \"server.key\""))
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 1))
      #expect(scene.port(after: "https") == port)
      #expect(try await ask("https") == 200)
      #expect(try await ask("http") == 0)
      #expect(try await listening.value.0 == 200)
      #expect(scene.moment(of: "was sent away", "secured") != nil)
      _ = try resting.receiveAll()

      scene.configure(door("http"))
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 2))
      #expect(try await ask("http") == 200)
      #expect(try await ask("https") == 0)
    }
  }
}
