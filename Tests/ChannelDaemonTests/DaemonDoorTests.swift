import ChannelMessages
import Glibc
import TestSupport
import Testing
import Transom

/// Doors that the daemon keeps, as curl finds them.
@Suite("Doors of the daemon", .timeLimit(.minutes(2))) struct DaemonDoorTests {
  private static let echo = """
    [[handler]]
    name = "echo"
    run = ["cat"]
    methods = ["echo"]
    """

  private static func door(_ lines: String = "") -> String {
    """
    \(echo)
    [[door]]
    name = "web"
    listen = "http:FOLDER/door.sock"
    \(lines)
    """
  }

  /// What curl says at the door, with the status.
  private static func curl(_ scene: DaemonScene, _ path: String, _ words: [String] = []) async throws -> (Int, String) {
    let arguments = [
      "curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}", "--unix-socket", scene.folder + "/door.sock",
      "http://door" + path,
    ]
    let (_, output) = try await ThreadExecutor.run { try ProcessRun(arguments + words).finish() }
    guard let cut = output.lastIndex(of: "\n") else { return (0, output) }
    return (Int(output[output.index(after: cut)...]) ?? 0, String(output[..<cut]))
  }

  private static func post(_ text: String, _ more: [String] = []) -> [String] {
    ["-H", "Content-Type: application/json", "-d", text] + more
  }

  @Test func leadToHandlersInAnyChannel() async throws {
    try await DaemonScene.with(Self.door(#"channels = ["a", "jobs/*"]"#)) { scene in
      RawFiles.makeDirectory(scene.root + "/jobs")
      for name in ["a", "jobs/b", "other"] { await (try scene.channel(name)).close() }
      for path in ["a", "jobs%2Fb"] {
        try await eventually {
          let (status, text) = try await Self.curl(scene, "/channels/\(path)/requests/echo", Self.post("[1]"))
          return status == 200 && text == "[1]\n"
        }
      }
      for path in ["other", "jobs", "jobs%2F..%2Fa", "nobody", "a%2F"] {
        let (status, _) = try await Self.curl(scene, "/channels/\(path)/requests/echo", Self.post("[1]"))
        #expect(status == 404, "\(path)")
      }
    }
  }

  /// A door does not keep those from answering who answer in the channel itself.
  @Test func takeNoRequestsWhereNobodyIsThereToAnswer() async throws {
    try await DaemonScene.with(Self.door()) { scene in
      let frontend = try scene.channel("a")
      let backend = try scene.channel("a", as: .backend)
      try await eventually { try await Self.curl(scene, "/channels/a/events/hello", Self.post("1")).0 == 200 }
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
        try await Self.curl(scene, "/channels/a/requests/echo", Self.post("1")).0 == 200
      }
      scene.configure(Self.door(#"channels = ["b"]"#))
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 1))
      #expect(try await Self.curl(scene, "/channels/a/requests/echo", Self.post("1")).0 == 404)
      // One at a place that nobody can have changes nothing.
      scene.configure(Self.door() + "\n[[door]]\nname = \"other\"\nlisten = \"http:/nowhere/door.sock\"")
      scene.signal(SIGHUP)
      #expect(scene.moment(of: "/nowhere/door.sock", #""level":"error""#) != nil)
      #expect(try await Self.curl(scene, "/channels/a/requests/echo", Self.post("1")).0 == 404)
      scene.configure(Self.echo)
      scene.signal(SIGHUP)
      #expect(scene.hasSaid(#""message":"reloaded""#, times: 2))
      try await eventually { try await Self.curl(scene, "/").0 == 0 }
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
      try await Self.curl(scene, "/channels/\(channel)/requests/echo", Self.post(text, bearer(name))).0
    }
    try await eventually { try await ask("a", "ana") == 200 }
    #expect(try await ask("a", "ana", "[\(String(repeating: "1,", count: 60))1]") == 413)
    #expect(try await Self.curl(scene, "/channels/a/events/x", Self.post("1", bearer("ana"))).0 == 403)
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
      #expect(scene.moment(of: "door.web", "chmod 600", #""level":"error""#) != nil)
      let status = try await Self.curl(scene, "/").0
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
    try await eventually { try await Self.curl(scene, "/channels/a/events/x", Self.post("1", bearer("ana"))).0 == 200 }
    let listening = ["ana", "bob"].map { name in
      Task { try await Self.curl(scene, "/channels/a/messages", bearer(name)) }
    }
    for name in ["ana", "bob"] { #expect(scene.moment(of: "connected with", "token \(name)") != nil) }
    try await channel.send("first", JSONText(integer: 1))
    RawFiles.write(bob, to: folder + "/tokens")
    scene.signal(SIGHUP)
    let (status, text) = try await listening[0].value
    #expect(status == 200 && text.contains("first"), "\(text)")
    #expect(scene.moment(of: "ana", "sent away") != nil, "\(scene.said.suffix(6))")
    let refused = try await Self.curl(scene, "/channels/a/messages", bearer("ana"))
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
}
