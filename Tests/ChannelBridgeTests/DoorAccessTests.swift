import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// Who is let in by a door, and what those learn who are not.
@Suite("Who comes in by a door", .timeLimit(.minutes(2))) struct DoorAccessTests {
  private static let tokens = """
    ann   0123456789abcdef
    bob   fedcba9876543210   2020-01-31

    """

  private static func writeTokens(to folder: String) {
    RawFiles.write(tokens, to: folder + "/tokens")
    RawFiles.setPermissions(folder + "/tokens", to: 0o600)
  }

  private static func withTokens(_ words: [String] = [], _ body: (DoorScene) async throws -> Void) async throws {
    try await BridgeScene.with(
      ["--listen", "--token", "@tokens"] + words,
      at: "http://127.0.0.1:0",
      prepare: writeTokens,
      { try await body(DoorScene(bridge: $0)) }
    )
  }

  @Test func isWhoeverShowsAToken() async throws {
    try await Self.withTokens { scene in
      let (channel, responders) = try scene.answerer()
      let path = "/channels/channel/requests/double"
      let known = try await scene.post(path, "4", ["-H", "Authorization: Bearer 0123456789abcdef"])
      #expect(known.status == 200 && known.text == "8\n")
      #expect(try await scene.post(path + "?token=0123456789abcdef", "4").status == 200)
      withExtendedLifetime((channel, responders)) {}
    }
  }

  @Test(arguments: [
    ("", "anonymous has shown no token"), ("Authorization: Bearer 0123456789abcdeX", "none that is known"),
    ("Authorization: Bearer 0123456789abcde", "none that is known"),
    ("Authorization: Bearer fedcba9876543210", "bob has expired"),
    ("Authorization: Basic 0123456789abcdef", "anonymous has shown no token"),
  ]) func isToldInTheLogAndNotToTheStranger(_ header: String, _ reason: String) async throws {
    try await Self.withTokens { scene in
      let answer = try await scene.curl("/channels/channel/messages", "-i", "-H", header)
      #expect(answer.status == 401 && answer.text.contains("WWW-Authenticate: Bearer"))
      let told = #"{"error":{"code":"refused","message":"show who you are: Authorization: Bearer TOKEN"}}"#
      #expect(answer.text.hasSuffix(told + "\n"))
      #expect(scene.bridge.awaitLine("was not let in").contains(reason))
    }
  }

  /// Also where the kernel says whose process it is, which is no token.
  @Test func isNobodyWithoutATokenAtAUnixSocketEither() async throws {
    try await BridgeScene.with(
      ["--listen", "--token", "@tokens"],
      at: "http:@transom-door-\(getpid())",
      prepare: Self.writeTokens
    ) { scene in
      let name = "transom-door-\(getpid())"
      let url = "http://door/channels/channel/messages"
      let (_, output) = try await ThreadExecutor.run {
        try ProcessRun(["curl", "-sS", "--max-time", "20", "--abstract-unix-socket", name, "-w", "%{http_code}", url])
          .finish()
      }
      #expect(output.hasSuffix("401"))
      #expect(scene.awaitLine("was not let in").contains("has shown no token"))
    }
  }

  @Test func isToldByACodeOnAWebSocket() async throws {
    try await Self.withTokens { scene in
      let url = "ws" + scene.base.dropFirst(4) + "/channels/channel/socket"
      let client = try DoorScene.python("websockets_client.py", [url + "?token=0123456789abcdeX", "end"])
      _ = client.line()
      #expect(client.line() == "ended: 4401 show who you are: Authorization: Bearer TOKEN")
    }
  }

  @Test func comesByHTTPSWhereTheDoorHasACertificate() async throws {
    try await BridgeScene.with(
      ["--listen", "--cert", "@server.pem", "--key", "@server.key"],
      at: "https://127.0.0.1:0",
      prepare: TestCertificates.write
    ) { scene in
      let channel = try scene.open()
      let responders = channel.respond(to: "double") { (number: Int) in 2 * number }
      let door = DoorScene(bridge: scene)
      let answer = try await door.post(
        "/channels/channel/requests/double",
        "4",
        ["--cacert", scene.folder + "/ca.pem"]
      )
      #expect(answer.status == 200 && answer.text == "8\n", "\(answer)")
      withExtendedLifetime((channel, responders)) {}
    }
  }

  @Test func isNoPageOfStrangersAndNobodyByAnotherName() async throws {
    try await DoorScene.with(["--origin", "https://example.org"]) { scene in
      let (channel, responders) = try scene.answerer()
      let path = "/channels/channel/requests/double"
      for header in ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Host: evil.example"]
      {
        let answer = try await scene.post(path, "4", ["-H", header])
        #expect(answer.status == 403 && answer.text.contains("this is not for you"), "\(header): \(answer)")
        scene.bridge.awaitLine("was not let in")
      }
      for header in ["Origin: https://example.org", "Origin: " + scene.base] {
        #expect(try await scene.post(path, "4", ["-H", header]).status == 200, "\(header)")
      }
      withExtendedLifetime((channel, responders)) {}
    }
  }

  @Test func isToldBeforeItListens() async throws {
    func refusal(_ url: String, _ words: String...) throws -> String {
      try withScratchDirectory { folder in
        _ = try Channel(at: folder + "/channel", as: .backend)
        RawFiles.write(Self.tokens, to: folder + "/tokens")
        RawFiles.setPermissions(folder + "/tokens", to: 0o644)
        let words = words.map { $0.replacing("@", with: folder + "/") }
        let (code, output) = try ProcessRun(try BridgeScene.command(folder + "/channel", url, words)).finish()
        #expect([2, 7].contains(code), "\(code): \(output)")
        return output
      }
    }
    #expect(try refusal("http://127.0.0.1:0").contains("add --listen"))
    #expect(try refusal("http://0.0.0.0:0", "--listen").contains("anybody could connect"))
    #expect(try refusal("http://0.0.0.0:0", "--listen", "--token", "@tokens").contains("anybody could connect"))
    #expect(try refusal("http://127.0.0.1:0", "--listen", "--token", "@tokens").contains("others than its owner"))
    #expect(try refusal("http://127.0.0.1:0", "--listen", "--token", "@none").contains("no such file"))
    #expect(try refusal("http://127.0.0.1:0", "--listen", "--origin", "*").contains("any page"))
    #expect(
      try refusal("tcp:127.0.0.1:0", "--listen", "--token", "@tokens").contains("belongs to a WebSocket or a door")
    )
  }
}
