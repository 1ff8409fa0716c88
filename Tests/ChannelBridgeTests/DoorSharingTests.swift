import LinuxIO
import TestSupport
import Testing

/// What browsers are told for pages of elsewhere.
@Suite("Pages of elsewhere at a door", .timeLimit(.minutes(2))) struct DoorSharingTests {
  private static let request = "/channels/channel/requests/double"
  private static let listed = "https://example.org"

  private static func withDoor(_ body: (DoorScene) async throws -> Void) async throws {
    let words = ["--listen", "--token", "@tokens", "--origin", listed]
    try await BridgeScene.with(
      words,
      at: "http://127.0.0.1:0",
      prepare: { folder in
        RawFiles.write("ann 0123456789abcdef\n", to: folder + "/tokens")
        RawFiles.setPermissions(folder + "/tokens", to: 0o600)
      },
      { try await body(DoorScene(bridge: $0)) }
    )
  }

  /// The lines of a head about who may read the answer.
  private static func sharing(_ text: String) -> Set<String> {
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    return Set(lines.filter { $0.hasPrefix("Access-Control-") || $0.hasPrefix("Vary") })
  }

  private static let shared: Set = ["Access-Control-Allow-Origin: \(listed)", "Vary: Origin"]

  @Test(arguments: [(request, "POST"), ("/channels/any/events/e", "POST"), ("/channels/channel/messages", "GET, HEAD")])
  func mayAskWhetherTheyMayAsk(path: String, methods: String) async throws {
    try await Self.withDoor { scene in
      let asked = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type"]
      let answer = try await scene.curl(
        path,
        "-i",
        "-X",
        "OPTIONS",
        "-H",
        "Origin: \(Self.listed)",
        "-H",
        asked[0],
        "-H",
        asked[1]
      )
      #expect(answer.status == 200)
      #expect(
        Self.sharing(answer.text)
          == Self.shared.union([
            "Access-Control-Allow-Methods: \(methods)", "Access-Control-Max-Age: 600",
            "Access-Control-Allow-Headers: Content-Type, Authorization, Transom-Timeout, Last-Event-ID",
          ])
      )
    }
  }

  @Test func mayReadWhatTheyAreAnsweredAndWhyNot() async throws {
    try await Self.withDoor { scene in
      let (channel, responders) = try scene.answerer()
      let words = ["-i", "-H", "Origin: \(Self.listed)"]
      let token = ["-H", "Authorization: Bearer 0123456789abcdef"]
      let answer = try await scene.post(Self.request, "4", words + token)
      #expect(answer.status == 200 && answer.text.hasSuffix("8\n") && Self.sharing(answer.text) == Self.shared)
      let stranger = try await scene.post(Self.request, "4", words)
      #expect(stranger.status == 401 && Self.sharing(stranger.text) == Self.shared)
      let nowhere = try await scene.post("/nowhere", "4", words + token)
      #expect(nowhere.status == 404 && Self.sharing(nowhere.text) == Self.shared)
      withExtendedLifetime((channel, responders)) {}
    }
  }

  @Test(arguments: ["text/event-stream", "*/*"]) func mayListen(form: String) async throws {
    try await Self.withDoor { scene in
      let path = "/channels/channel/messages?token=0123456789abcdef"
      let origin = "Origin: \(Self.listed)"
      let answer = try await scene.curl(path, "-i", "--max-time", "1", "-H", origin, "-H", "Accept: \(form)")
      #expect(answer.status == 200 && Self.sharing(answer.text) == Self.shared)
    }
  }

  @Test(arguments: ["http://evil.example", "null", "https://example.org.evil.example", "http://example.org"])
  func mayNotWhereTheyAreNotListed(origin: String) async throws {
    try await Self.withDoor { scene in
      let words = ["-i", "-H", "Origin: \(origin)", "-H", "Access-Control-Request-Method: POST"]
      for method in ["OPTIONS", "POST"] {
        let answer = try await scene.post(Self.request, "4", words + ["-X", method])
        #expect(answer.status == 403 && Self.sharing(answer.text).isEmpty, "\(answer)")
      }
    }
  }

  /// Nothing is said to our own pages, nor to what is no page.
  @Test func areNotWhoNeedsNoLeave() async throws {
    try await Self.withDoor { scene in
      let token = ["-i", "-H", "Authorization: Bearer 0123456789abcdef"]
      let own = try await scene.post("/channels/channel/events/e", "4", token + ["-H", "Origin: \(scene.base)"])
      #expect(own.status == 200 && Self.sharing(own.text).isEmpty)
      let program = try await scene.post("/channels/channel/events/e", "4", token)
      #expect(program.status == 200 && Self.sharing(program.text).isEmpty)
      let asking = try await scene.post("/channels/channel/events/e", "", ["-i", "-X", "OPTIONS"])
      #expect(asking.status == 405 && asking.text.contains("Allow: POST"))
    }
  }
}
