import ChannelSockets
import TestSupport
import Testing

@Suite("What ends a secured connection", .timeLimit(.minutes(1))) struct TLSFailureTests {
  @Test func tellsOfACertificateThatHasExpired() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server("expired"))
      pair.run()
      let dates = try ProcessRun.run(
        "openssl",
        "x509",
        "-in",
        folder.file("expired"),
        "-noout",
        "-enddate",
        "-dateopt",
        "iso_8601"
      )
      let date = String(dates.output.drop { $0 != "=" }.dropFirst().prefix(19)) + " UTC"
      #expect(pair.client.error == .certificateExpired(subject: "expired", on: date))
      #expect(pair.client.error?.description.contains("the certificate of expired has expired on \(date)") == true)
      #expect(pair.server.error == .refused(.certificateExpired))
    }
  }

  @Test func tellsOfANameThatIsAnothers() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server("stranger"))
      pair.run()
      #expect(pair.client.error == .wrongName(expected: "bridge.test", has: ["somebody.test"]))
      #expect(pair.server.error == .refused(.badCertificate))
    }
  }

  @Test(arguments: [
    ("bridge.test", true), ("BRIDGE.test", true), ("127.0.0.1", true), ("x.wild.test", true), ("127.0.0.2", false),
    // The common name does not count, nor what is beneath a name or beneath what a star stands for.
    ("server", false), ("x.bridge.test", false), ("x.y.wild.test", false), ("wild.test", false),
    ("bridge.test.", false),
  ]) func knowsANameWhenItSeesIt(_ name: String, _ isIts: Bool) async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(named: name), folder.server())
      pair.run()
      #expect((pair.client.peer != nil) == isIts)
      if !isIts {
        let has = ["bridge.test", "*.wild.test", "127.0.0.1"]
        #expect(pair.client.error == .wrongName(expected: name, has: has))
      }
    }
  }

  @Test func countsNoCommonNameAsAName() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server("nameless"))
      pair.run()
      #expect(pair.client.error == .wrongName(expected: "bridge.test", has: []))
    }
  }

  @Test func tellsOfAnIssuerThatNobodyKnows() async throws {
    try await withCertificates { folder in
      let server = try EnginePair(folder.client(), folder.server("outsider"))
      server.run()
      #expect(server.client.error == .unknownIssuer(subject: "outsider", issuer: "Other Authority"))
      #expect(server.server.error == .refused(.unknownAuthority))
      let client = try EnginePair(folder.client("outsider"), folder.server())
      client.run()
      #expect(client.server.error == .unknownIssuer(subject: "outsider", issuer: "Other Authority"))
      #expect(client.client.error == .refused(.unknownAuthority))
    }
  }

  @Test func tellsOfACertificateThatWasNotSent() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(nil), folder.server())
      pair.run()
      #expect(pair.server.error == .noCertificate)
      // It believed to be welcome until then.
      #expect(pair.client.peer?.identity?.commonName == "server")
      #expect(pair.client.error == .refused(.certificateRequired))
      let open = try EnginePair(folder.client(nil), folder.server(clients: nil))
      open.run()
      #expect(open.server.peer != nil)
      #expect(open.server.peer?.identity == nil)
      #expect(open.server.peer?.protocolName == nil)
    }
  }

  @Test func tellsOfACertificateThatIsNotForAServer() async throws {
    try await withCertificates { folder in
      // It is trusted, but only to sign others.
      let pair = try EnginePair(folder.client(), folder.server("ca"))
      pair.run()
      guard case .unfitCertificate(subject: "Test Authority", let reason)? = pair.client.error else {
        Issue.record("\(pair.client.events)")
        return
      }
      #expect(reason.contains("purpose"))
      #expect(pair.client.peer == nil)
    }
  }

  @Test func trustsNobodyOnlyBecauseOfTheSystem() async throws {
    try await withCertificates { folder in
      let settings = TLSSettings(.client(nil, server: .system, name: TestCertificates.serverName))
      let pair = try EnginePair(TLSContext(settings), folder.server(clients: nil))
      pair.run()
      #expect(pair.client.error == .unknownIssuer(subject: "server", issuer: "Test Authority"))
    }
  }

  @Test func tellsOfProtocolsThatAreNotTheSame() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(protocols: ["h2", "http/1.1"]), folder.server(protocols: ["ipc/1"]))
      pair.run()
      #expect(pair.server.error == .noCommonProtocol(ours: ["ipc/1"], theirs: ["h2", "http/1.1"]))
      #expect(pair.client.error == .noCommonProtocol(ours: ["h2", "http/1.1"], theirs: []))
      let silent = try EnginePair(folder.client(), folder.server(protocols: ["ipc/1"]))
      silent.run()
      #expect(silent.server.error == .noCommonProtocol(ours: ["ipc/1"], theirs: []))
      #expect(silent.client.error == .noCommonProtocol(ours: [], theirs: []))
      let deaf = try EnginePair(folder.client(protocols: ["ipc/1"]), folder.server())
      deaf.run()
      #expect(deaf.client.error == .noCommonProtocol(ours: ["ipc/1"], theirs: []))
      #expect(deaf.server.peer == nil)
    }
  }

  @Test func choosesWhatTheServerLikesBest() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(protocols: ["a", "b", "c"]), folder.server(protocols: ["c", "b"]))
      pair.run()
      #expect(pair.server.peer?.protocolName == "c")
      #expect(pair.client.peer?.protocolName == "c")
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "hello\n", "{\"id\":1}\n", "\0", "\u{16}\u{2}",
  ]) func tellsOfWhatIsNotTLSAtAll(_ text: String) async throws {
    try await withCertificates { folder in
      for context in [try folder.client() as TLSContext, try folder.server()] {
        for cut in [1, .max] {
          let end = try EngineEnd(context)
          _ = end.run()
          #expect(end.give(Array(text.utf8), at: cut).isEmpty)
          guard case .notTLS(let begin)? = end.error else {
            Issue.record("\(end.events)")
            continue
          }
          if cut > 1 {
            #expect(begin == Array(text.utf8.prefix(16)))
            #expect(end.error?.description.contains("plain HTTP") == text.contains("HTTP"))
          }
        }
      }
    }
  }

  @Test func refusesGarbageThatBeginsLikeTLS() async throws {
    try await withCertificates { folder in
      let (client, server) = (try folder.client(), try folder.server())
      var random = SeededGenerator(seed: 7)
      for round in 0..<200 {
        let end = try EngineEnd(round.isMultiple(of: 2) ? client : server)
        _ = end.run()
        let garbage = (0..<300).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        _ = end.give([22, 3, 1, 0, 100] + garbage)
        end.engine.takeEnd()
        _ = end.run()
        #expect(end.error != nil)
        #expect(end.peer == nil)
      }
    }
  }

  @Test func refusesAHandshakeThatDoesNotEnd() async throws {
    try await withCertificates { folder in
      let end = try EngineEnd(folder.server())
      let hello = try EngineEnd(folder.client()).run()
      // A message of the handshake that claims to be long, in as many records as it takes.
      var bytes = Array(hello.prefix(5))
      bytes[3...4] = [0x3f, 0xff]
      bytes += [1, 1, 0xff, 0xff]
      bytes += [UInt8](repeating: 0, count: 0x3fff - 4)
      var given = 0
      while end.error == nil, given < 1 << 20 {
        _ = end.give(bytes)
        given += bytes.count
        bytes[5...8] = [0, 0, 0, 0]
      }
      #expect(end.error == .handshakeTooLong(limit: TLSEngine.longestHandshake))
      #expect(given <= TLSEngine.longestHandshake + bytes.count)
    }
  }

  @Test func goesOnWhenMoreThanAHandshakeComesAtOnce() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server())
      let bytes = pattern(300_000)
      let hello = pair.client.run()
      var last = pair.client.give(pair.server.give(hello))
      pair.client.engine.write(bytes)
      last += pair.client.run()
      _ = pair.server.give(last)
      #expect(pair.server.peer?.identity?.commonName == "client")
      #expect(pair.server.received == bytes)
    }
  }

  @Test func saysNothingThatEndsALineOrCannotBeSeen() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(
        folder.client(protocols: ["evil\nlines", "\u{202e}reversed", "fair"]),
        folder.server(protocols: ["ipc/1"])
      )
      pair.run()
      #expect(pair.server.error == .noCommonProtocol(ours: ["ipc/1"], theirs: ["fair"]))
    }
  }
}
