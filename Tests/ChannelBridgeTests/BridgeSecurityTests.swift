import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Bridges by TLS, and who is let in.
@Suite("Bridges by TLS", .timeLimit(.minutes(2))) struct BridgeSecurityTests {
  private static let server = ["--listen", "--cert", "@server.pem", "--key", "@server.key", "--ca", "@ca.pem"]

  private static func withServer(_ words: [String] = server, _ body: (BridgeScene) async throws -> Void) async throws {
    try await BridgeScene.with(words, at: "tls:127.0.0.1:0", prepare: TestCertificates.write) { scene in
      try await body(scene)
    }
  }

  /// Another bridge, in a channel of its own, to the one of the scene; files are in the scene's folder.
  private static func bridge(_ scene: BridgeScene, _ files: [String]) throws -> (path: String, run: ProcessRun) {
    let words = files.map { $0.hasPrefix("--") ? $0 : scene.folder + "/" + $0 }
    let path = scene.folder + "/far"
    _ = try Channel(at: path, as: .backend)
    return (path, try ProcessRun(try BridgeScene.command(path, scene.url, ["--as", "frontend"] + words)))
  }

  @Test func twoChannelsTalkThroughTwoBridges() async throws {
    try await Self.withServer { scene in
      let files = ["--ca", "ca.pem", "--cert", "client.pem", "--key", "client.key"]
      let (path, far) = try Self.bridge(scene, files)
      #expect(scene.awaitLine("connected").contains("(client)"), "it is known by its certificate")
      let answering = try Channel(at: path, as: .backend)
      answering.respond(to: "double") { (number: Int) in number * 2 }
      let asking = try scene.open()
      for number in 0..<20 {
        #expect(
          try await asking.request("double", JSONText(integer: number), timeout: .seconds(20))
            == JSONText(integer: number * 2)
        )
      }
      let heard = answering.messages
      try await asking.send("over", "there")
      #expect(try await heard.next()?.payload == "there")
      kill(far.pid, SIGTERM)
      #expect(far.finish().code == 128 + SIGTERM)
      scene.awaitLine("is done")
    }
  }

  /// One that nobody here wrote.
  @Test func opensslTalksToIt() async throws {
    try await Self.withServer { scene in
      let answering = try scene.open()
      answering.respond(to: "double") { (number: Int) in number * 2 }
      let place = scene.url.split(separator: ":", maxSplits: 1)[1]
      let line = #"{"id":"1","type":"request","method":"double","payload":21}"#
      let client =
        "openssl s_client -quiet -connect \(place) -CAfile ca.pem -cert client.pem -key client.key 2>/dev/null"
      let run = try ProcessRun(["sh", "-c", "cd '\(scene.folder)'; (printf '%s\\n' '\(line)'; cat) | \(client)"])
      #expect(run.line()?.contains(#""reply_to":"1","payload":42}"#) == true)
      await answering.close()
    }
  }

  @Test(arguments: [
    ([], "has sent no certificate"), (["--cert", "outsider.pem", "--key", "outsider.key"], "is not trusted here"),
  ])
  func strangersAreRefusedAndToldApart(words: [String], why: String) async throws {
    try await Self.withServer { scene in
      let files = ["--ca", "ca.pem"] + words
      let (_, far) = try Self.bridge(scene, files)
      let said = scene.awaitLine("is lost")
      #expect(said.contains(why), "\(said)")
      kill(far.pid, SIGKILL)
    }
  }

  /// It is told at the start what nobody else would find out soon.
  @Test func warnsOfACertificateThatHasExpiredAndOfAFileWithoutTokens() async throws {
    let words = ["--listen", "--cert", "@expired.pem", "--key", "@expired.key"]
    try await BridgeScene.with(words, at: "tls:127.0.0.1:0", isThere: false, prepare: TestCertificates.write) { scene in
      let said = scene.awaitLine("has expired")
      #expect(said.contains("expired.pem: ") && said.contains("have it renewed"), "\(said)")
      scene.awaitLine("listening at")
    }
    let tokens = ["--listen", "--token", "@tokens"]
    let prepare = { (folder: String) in RawFiles.write("# none\n", to: folder + "/tokens") }
    try await BridgeScene.with(tokens, at: "http://127.0.0.1:0", isThere: false, prepare: prepare) { scene in
      #expect(scene.awaitLine("it has no token").contains("NAME TOKEN"))
      scene.awaitLine("listening at")
    }
  }

  /// One that is not who it should be is not told anything.
  @Test(arguments: [
    ("expired", "has expired"), ("stranger", "is not that of"), ("outsider", "is not trusted here"),
  ])
  func aServerThatIsNotItselfIsLeft(certificate: String, why: String) async throws {
    let words = ["--listen", "--cert", "@\(certificate).pem", "--key", "@\(certificate).key"]
    try await Self.withServer(words) { scene in
      let (_, far) = try Self.bridge(scene, ["--ca", "ca.pem"])
      var said = far.line()
      while let line = said, !line.contains("is lost") { said = far.line() }
      #expect(said?.contains(why) == true, "\(said ?? "")")
      kill(far.pid, SIGKILL)
    }
  }

  @Test func plainTextIsToldAsThat() async throws {
    try await Self.withServer { scene in
      let port = try #require(scene.url.split(separator: ":").last.flatMap { UInt16($0) })
      let socket = try RawSocket(port: port)
      try socket.send("{\"type\":\"event\",\"method\":\"a\"}\n")
      #expect(scene.awaitLine("is lost").contains("TLS"))
    }
  }

  @Test(arguments: [
    (["tls:127.0.0.1:1", "--listen"], "needs a certificate"),
    (["tcp:127.0.0.1:1", "--ca", "x"], "belong to an address"),
    (["tls:127.0.0.1:1", "--cert", "x"], "belong together"), (["tls:127.0.0.1:1", "--ca", "/nowhere"], "/nowhere"),
    (["tcp:0.0.0.0:0", "--listen"], "--unprotected"), (["tcp:0.0.0.0:0", "--listen"], "write tls: with --ca FILE"),
    (["http://0.0.0.0:0", "--listen"], "write https: with --token FILE or --ca FILE"),
    (["https://0.0.0.0:0", "--listen"], "add --token FILE or --ca FILE"), (["tcp:localhost:0"], "port 0"),
    (["tcp:localhost:99999"], "65535"), (["http://127.0.0.1:1", "--origin", "a"], "add --listen"),
    (["ws://127.0.0.1:1", "--origin", "https://a"], "--origin belongs to a door"),
    (["tcp:127.0.0.1:1", "--token", "x"], "--token belongs to a WebSocket or a door"),
    (["tcp:127.0.0.1:1", "--peers", "3"], "add --listen"), (["tcp:127.0.0.1:1", "--unprotected"], "add --listen"),
    (["ftp:x", "--listen"], "there is no"),
    (["unix:x", "--in", "a->{"], "is no pattern"), (["unix:x", "--name", "a/b"], "is no name for a bridge"),
  ])
  func whatCannotBeMeantIsRefused(words: [String], why: String) throws {
    let (code, output) = try ProcessRun([try BridgeScene.program, "bridge", "/nowhere"] + words).finish()
    #expect(code == 2 && output.contains(why), "\(code) \(output)")
  }
}
