import ChannelBridge
import ChannelMessages
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

/// What curl, which nobody here wrote, gets from a program that has only files.
@Suite("A gateway", .timeLimit(.minutes(2))) struct GatewayTests {
  /// A program that answers by what its path says: what it was asked itself, or something that is prepared.
  private static func with(_ words: [String] = [], _ body: (DoorScene) async throws -> Void) async throws {
    try await DoorScene.with(words) { scene in
      let channel = try scene.bridge.open()
      let responder = channel.respond(to: "http") { (request: Message) in
        let text = "\(request.payload)"
        for (path, answer) in Self.answers where text.contains("\"path\":\"\(path)\"") { return answer }
        return request.payload
      }
      try await body(scene)
      withExtendedLifetime((channel, responder)) {}
    }
  }

  private static let answers: [(path: String, answer: JSONText)] = [
    ("/none", ["status": 404, "headers": [["X-Mine", "a"], ["Set-Cookie", "b=c"]], "body": "none here\n"]),
    ("/text", "hello\n"), ("/bytes", ["status": 200, "body_base64": "AP+A"]), ("/gone", ["status": 204]),
    ("/moved", ["status": 302, "headers": [["Location", "text"], ["Cache-Control", "max-age=5"]]]),
    ("/huge", JSONText(stringLiteral: String(repeating: "x", count: 4 << 20))),
    ("/broken", ["status": "fine"]), ("/split", ["status": 200, "headers": [["A", "b\r\nSet-Cookie: c=d"]]]),
    ("/smuggled", ["status": 200, "headers": [["Content-Length", "2"]], "body": "hello"]),
    ("/switched", ["status": 101]),
  ]

  @Test func passesOnWhatIsAskedByEachMethod() async throws {
    try await Self.with { scene in
      for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let answer = try await scene.curl(
          "/gateway/channel/a%20b/?c=d&e",
          "-X",
          method,
          "-H",
          "X-Mine: 1",
          "-H",
          "User-Agent: test",
          "-H",
          "Host: localhost"
        )
        #expect(answer.status == 200)
        #expect(
          answer.text
            == #"{"method":"\#(method)","path":"/a%20b/","query":"c=d&e","#
            + #""headers":[["Host","localhost"],["Accept","*/*"],["X-Mine","1"],["User-Agent","test"]],"body":""}"#,
          "\(answer.text)"
        )
      }
      // What else there is has no such methods.
      #expect(try await scene.curl("/channels/channel/messages", "-X", "DELETE").status == 405)
      #expect(try await scene.curl("/gateway/channel/", "-X", "TRACE").status == 501)
    }
  }

  @Test func passesOnABodyOfBytes() async throws {
    try await Self.with { scene in
      let file = scene.bridge.folder + "/body"
      RawFiles.write("", to: file)
      RawFiles.overwrite(file, with: [0, 255, 128, 10])
      let bytes = try await scene.curl("/gateway/channel/", "--data-binary", "@" + file)
      #expect(bytes.status == 200 && bytes.text.hasSuffix(#","body_base64":"AP+ACg=="}"#), "\(bytes)")
      let text = try await scene.curl("/gateway/channel/", "-d", "a=b&c=ü")
      #expect(text.text.hasSuffix(#","body":"a=b&c=ü"}"#), "\(text)")
      RawFiles.overwrite(file, with: [UInt8](repeating: 0xFF, count: 1 << 20))
      let most = try await scene.curl("/gateway/channel/text", "--data-binary", "@" + file)
      #expect(most.status == 200, "\(most)")
      RawFiles.overwrite(file, with: [UInt8](repeating: 0xFF, count: 1 << 20 + 1))
      #expect(try await scene.curl("/gateway/channel/text", "--data-binary", "@" + file).status == 413)
    }
  }

  @Test func passesOnWhatTheProgramAnswers() async throws {
    try await Self.with { scene in
      let none = try await scene.curl("/gateway/channel/none", "-i")
      #expect(none.status == 404 && none.text.hasSuffix("\r\n\r\nnone here\n"))
      for line in ["X-Mine: a", "Set-Cookie: b=c", "Content-Type: text/plain; charset=utf-8", "Content-Length: 10"] {
        #expect(none.text.contains("\r\n\(line)\r\n"), "\(none.text)")
      }
      let text = try await scene.curl("/gateway/channel/text", "-i")
      #expect(text.status == 200 && text.text.hasSuffix("\r\n\r\nhello\n"))
      for line in ["Cache-Control: no-store", "X-Content-Type-Options: nosniff"] {
        #expect(text.text.contains("\r\n\(line)\r\n"), "\(text.text)")
      }
      let bytes = try await scene.curl("/gateway/channel/bytes", "-o", scene.bridge.folder + "/got")
      #expect(bytes.status == 200 && RawFiles.bytes(scene.bridge.folder + "/got") == [0, 255, 128])
      let moved = try await scene.curl("/gateway/channel/moved", "-i")
      #expect(moved.status == 302 && moved.text.contains("\r\nCache-Control: max-age=5\r\n"))
      #expect(!moved.text.contains("no-store"))
      #expect(try await scene.curl("/gateway/channel/moved", "-L").text == "hello\n")
      let huge = try await scene.curl("/gateway/channel/huge")
      #expect(huge.status == 200 && huge.text.utf8.count == 4 << 20)
      // Without its slash a page would look for what it refers to in the wrong place.
      #expect(try await scene.curl("/gateway/channel?a=b", "-L").text.contains(#""path":"/","query":"a=b""#))
    }
  }

  /// The next answer on the connection stays where it belongs.
  @Test func hasNoBodyWhereThereIsNone() async throws {
    try await Self.with { scene in
      let head = try await scene.curl("/gateway/channel/none", "-I")
      #expect(head.status == 404 && head.text.contains("Content-Length: 10\r\n") && head.text.hasSuffix("\r\n\r\n"))
      let gone = try await scene.curl("/gateway/channel/gone", "-i", scene.base + "/gateway/channel/text")
      #expect(gone.text.hasPrefix("HTTP/1.1 204 ") && gone.text.hasSuffix("\r\n\r\nhello\n"), "\(gone.text)")
      #expect(gone.text.split(separator: "\r\n").count { $0.hasPrefix("Content-Length") } == 1)
    }
  }

  @Test(arguments: [
    ("broken", "status is \"fine\""), ("split", "the header \"A\" is none"),
    ("smuggled", "the header Content-Length is for the door"), ("switched", "status is 101"),
  ])
  func tellsStrangersNothingOfAnAnswerThatIsNone(_ path: String, _ reason: String) async throws {
    try await Self.with { scene in
      let answer = try await scene.curl("/gateway/channel/" + path, "-i")
      #expect(answer.status == 502 && !answer.text.contains("Set-Cookie"))
      let told = #"{"error":{"code":"bad-answer","message":"what serves this page does not do so now"}}"#
      #expect(answer.text.hasSuffix("\r\n\r\n" + told + "\n"))
      let line = scene.bridge.awaitLine("was not passed on")
      #expect(line.contains("what channel answered") && line.contains(reason), "\(line)")
    }
  }

  @Test func tellsStrangersNothingOfAnErrorOfTheProgram() async throws {
    try await DoorScene.with(["--timeout", "1s"]) { scene in
      let channel = try scene.bridge.open()
      let late = try await scene.curl("/gateway/channel/")
      #expect(late.status == 504, "\(late)")
      let responder = channel.respond(to: "http") { (_: Message) -> JSONText in
        throw RequestReply.Failure("no such file: /etc/secret")
      }
      let failed = try await scene.curl("/gateway/channel/")
      #expect(failed.status == 502 && !failed.text.contains("secret"), "\(failed)")
      #expect(scene.bridge.awaitLine("was not passed on").contains("/etc/secret"))
      #expect(try await scene.curl("/gateway/other/").status == 404)
      withExtendedLifetime((channel, responder)) {}
    }
  }

  // MARK: Who may

  @Test func isForNoPageOfStrangers() async throws {
    try await Self.with(["--origin", "https://example.org"]) { scene in
      let path = "/gateway/channel/text"
      for header in ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Host: evil.example"]
      {
        for method in ["GET", "POST", "OPTIONS"] {
          let answer = try await scene.curl(path, "-X", method, "-H", header)
          #expect(answer.status == 403 && answer.text.contains("this is not for you"), "\(method) \(header): \(answer)")
        }
      }
      for header in ["Origin: https://example.org", "Origin: " + scene.base] {
        #expect(try await scene.curl(path, "-d", "a", "-H", header).text == "hello\n", "\(header)")
      }
      let origin = "Origin: https://example.org"
      let ahead = try await scene.curl(
        path,
        "-i",
        "-X",
        "OPTIONS",
        "-H",
        origin,
        "-H",
        "Access-Control-Request-Method: DELETE"
      )
      #expect(ahead.status == 200 && ahead.text.contains("Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"))
      #expect(ahead.text.contains("Access-Control-Allow-Origin: https://example.org\r\n"))
    }
  }

  @Test func isForWhoeverShowsATokenThatTheProgramDoesNotGet() async throws {
    func write(_ folder: String) {
      RawFiles.write("ann   0123456789abcdef\n", to: folder + "/tokens")
      RawFiles.setPermissions(folder + "/tokens", to: 0o600)
    }
    let words = ["--listen", "--token", "@tokens"]
    try await BridgeScene.with(words, at: "http://127.0.0.1:0", prepare: write) { bridge in
      let scene = DoorScene(bridge: bridge)
      let channel = try bridge.open()
      let responder = channel.respond(to: "http") { (request: Message) in request.payload }
      #expect(try await scene.curl("/gateway/channel/").status == 401)
      let header = try await scene.curl("/gateway/channel/", "-H", "Authorization: Bearer 0123456789abcdef")
      let query = try await scene.curl("/gateway/channel/?a=b&token=0123456789abcdef&c")
      #expect(query.text.contains(#""query":"a=b&c""#))
      for answer in [header, query] {
        #expect(answer.status == 200 && !answer.text.contains("0123456789abcdef"), "\(answer)")
      }
      withExtendedLifetime((channel, responder)) {}
    }
  }

  /// A program may have tokens of its own where the door has none.
  @Test func passesOnTokensThatAreNotForTheDoor() async throws {
    try await Self.with { scene in
      let answer = try await scene.curl("/gateway/channel/", "-H", "Authorization: Bearer of-the-program")
      #expect(answer.status == 200 && answer.text.contains("Bearer of-the-program"), "\(answer)")
    }
  }

  @Test func isForThoseWhoMayRequestThatSoOftenAndSoMuch() async throws {
    let tokens = ["any", "ask", "few", "low"].map { "\($0) \($0)\(String(repeating: "0", count: 16))\n" }.joined()
    let rules = [
      try AccessRule(for: ["any"], methods: ["http"]), try AccessRule(for: ["ask"], methods: ["ask"]),
      try AccessRule(for: ["few"], requestsPerSecond: 0.01), try AccessRule(for: ["low"], mostBytes: 300),
    ]
    try await OwnDoor.with(try OwnDoor.access(tokens, rules)) { scene in
      let responder = scene.channel.respond(to: "http") { (_: Message) -> JSONText in "hello" }
      func status(_ name: String, _ body: String = "") async throws -> Int {
        let token = "Authorization: Bearer \(name)\(String(repeating: "0", count: 16))"
        let arguments = [
          "curl", "-sS", "--max-time", "20", "-o", scene.channelPath + "/../page", "-w", "%{http_code}", "-H", token,
          "-d", body, "http://127.0.0.1:\(scene.port)/gateway/channel/",
        ]
        let (_, output) = try await ThreadExecutor.run { try ProcessRun(arguments).finish() }
        return Int(output) ?? 0
      }
      #expect(try await status("any") == 200)
      #expect(try await status("ask") == 403)
      var last = 200
      for _ in 0..<3 where last == 200 { last = try await status("few") }
      #expect(last == 429)
      #expect(try await status("low") == 200)
      // The message that comes of it counts, and not only what it is made of.
      #expect(try await status("low", String(repeating: "\u{1}", count: 60)) == 413)
      withExtendedLifetime(responder) {}
    }
  }

  @Test func isOnlyWhereRequestsOfItsNameGoAcross() async throws {
    try await Self.with(["--in", "web"]) { scene in
      let answer = try await scene.curl("/gateway/channel/text")
      #expect(answer.status == 403)
    }
    try await DoorScene.with(["--in", "http -> web.http"]) { scene in
      let channel = try scene.bridge.open()
      let responder = channel.respond(to: "web.http") { (_: Message) -> JSONText in "renamed" }
      #expect(try await scene.curl("/gateway/channel/text").text == "renamed")
      withExtendedLifetime((channel, responder)) {}
    }
  }

  // MARK: A program

  /// Any program serves the web that reads its standard input and writes its output.
  @Test func isServedByACommand() async throws {
    try await DoorScene.with { scene in
      let page = """
        jq -c '{status: 200, headers: [["Content-Type", "text/html; charset=utf-8"]], body: "<p>\\(.path | @html)</p>"}'
        """
      let run = try ProcessRun([
        try BridgeScene.program, "respond", scene.bridge.channelPath, "--as", "frontend", "--method", "http", "--",
        "sh", "-c", page,
      ])
      _ = run.line()
      let answer = try await scene.curl("/gateway/channel/a&b", "-i")
      #expect(answer.status == 200 && answer.text.hasSuffix("\r\n\r\n<p>/a&amp;b</p>"), "\(answer)")
      #expect(answer.text.contains("\r\nContent-Type: text/html; charset=utf-8\r\n"))
      kill(run.pid, SIGTERM)
      _ = run.finish()
    }
  }
}
