import ChannelSockets
import TestSupport
import Testing

@Suite("An engine of TLS", .timeLimit(.minutes(1))) struct TLSEngineTests {
  /// All cuts at which something else could go wrong: in heads of records, in bodies, between them.
  private static let cuts = [1, 2, 3, 4, 5, 6, 7, 21, 22, 23, 100, 1_000, .max]

  @Test(arguments: cuts) func tellsWhoIsAtTheOtherEndWhateverTheCuts(_ cut: Int) async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(
        folder.client(protocols: ["other/2", "ipc/1"]),
        folder.server(protocols: ["ipc/1"])
      )
      pair.run(at: cut)
      let server = try #require(pair.client.peer)
      #expect(server.protocolName == "ipc/1")
      #expect(server.identity?.commonName == "server")
      #expect(server.identity?.names == ["bridge.test", "*.wild.test"])
      #expect(server.identity?.identifiers == ["spiffe://test/bridge"])
      let client = try #require(pair.server.peer)
      #expect(client.protocolName == "ipc/1")
      #expect(client.identity?.commonName == "client")
      #expect(client.identity?.names == ["desk.test"])
      #expect(client.identity?.identifiers == ["spiffe://test/desk"])
      #expect(pair.client.events.count == 1)
      #expect(pair.server.events.count == 1)
    }
  }

  @Test func tellsTheFingerprintThatOpensslTells() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server())
      pair.run()
      let told = try ProcessRun.run(
        "openssl",
        "x509",
        "-in",
        folder.file("client"),
        "-noout",
        "-fingerprint",
        "-sha256"
      )
      let expected = told.output.split(separator: "=").last?.filter { $0.isHexDigit }.lowercased()
      #expect(pair.server.peer?.identity?.fingerprint == expected)
    }
  }

  @Test(arguments: cuts) func carriesBytesBothWaysAndBothEnds(_ cut: Int) async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server())
      // Before anything is known, and afterwards.
      let first = pattern(40_000)
      pair.client.engine.write(first)
      pair.run(at: cut)
      let answer = pattern(50_000, seed: 3)
      pair.server.engine.write(answer)
      pair.client.engine.finish()
      pair.client.engine.finish()
      pair.run(at: cut)
      #expect(pair.server.received == first)
      #expect(pair.server.events.last == .ended)
      #expect(pair.client.received == answer)
      // The other half goes on.
      pair.server.engine.write(answer)
      pair.server.engine.finish()
      pair.run(at: cut)
      #expect(pair.client.received == answer + answer)
      #expect(pair.client.events.last == .ended)
    }
  }

  @Test func cutsTheHandshakeAtEveryPlace() async throws {
    try await withCertificates { folder in
      let (client, server) = (try folder.client(), try folder.server())
      let whole = try EngineEnd(client).run().count
      for place in 1..<whole {
        let pair = try EnginePair(client, server)
        let hello = pair.client.run()
        var answer = pair.server.give(Array(hello.prefix(place)))
        answer += pair.server.give(Array(hello.dropFirst(place)))
        _ = pair.server.give(pair.client.give(answer))
        #expect(pair.server.peer != nil, "cut at \(place)")
      }
    }
  }

  @Test func finishesWhatWasFinishedBeforeItWasSecured() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server())
      pair.client.engine.write([1, 2, 3])
      pair.client.engine.finish()
      #expect(pair.client.engine.waitingCount == 3 + 22 + 24)
      pair.run()
      #expect(pair.client.engine.waitingCount == 0)
      #expect(Array(pair.server.events.dropFirst()) == [.received([1, 2, 3]), .ended])
    }
  }

  @Test(arguments: [1, 16 << 10, (16 << 10) + 1, 100_000, 1 << 20]) func saysHowLongWhatItSealsBecomes(_ count: Int)
    async throws
  {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server())
      pair.run()
      pair.client.engine.write(pattern(count))
      #expect(pair.client.engine.takeCiphertext().count == TLSEngine.sealedCount(count))
    }
  }

  @Test func takesNewKeysAtAnyTime() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server())
      pair.run()
      for byte in pattern(50) {
        pair.client.askForNewKeys()
        pair.client.engine.write([byte])
        pair.run()
        pair.server.askForNewKeys()
        pair.server.engine.write([byte])
        pair.run()
      }
      #expect(pair.server.received == pattern(50))
      #expect(pair.client.received == pattern(50))
      for byte in pattern(50) {
        pair.client.askForNewKeys()
        pair.client.engine.write([byte])
      }
      pair.run()
      #expect(pair.server.received == pattern(50) + pattern(50))
      // One that has said its last cannot answer, and need not.
      pair.client.engine.finish()
      pair.run()
      pair.server.askForNewKeys()
      pair.server.engine.write([1, 2, 3])
      pair.run()
      #expect(pair.client.received == pattern(50) + [1, 2, 3])
      pair.server.engine.finish()
      pair.run()
      #expect(pair.client.events.last == .ended)
      #expect(pair.server.events.last == .ended)
    }
  }

  @Test func endsWhenItCannotSend() async throws {
    try await withCertificates { folder in
      for isLast in [false, true] {
        let pair = try EnginePair(folder.client(), folder.server())
        pair.run()
        // What is begun here would have to be sent first.
        pair.client.askForNewKeys()
        if !isLast { pair.client.engine.write([1]) }
        pair.client.engine.finish()
        pair.run()
        #expect((pair.client.error == nil) == !isLast)
        #expect((pair.server.events.last == .ended) == !isLast)
      }
    }
  }

  @Test func tellsOfATruncatedEnd() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server())
      pair.client.engine.write([1, 2, 3])
      pair.run()
      pair.server.engine.takeEnd()
      pair.run()
      #expect(Array(pair.server.events.dropFirst()) == [.received([1, 2, 3]), .failed(.truncated)])
    }
  }

  @Test func takesAnEndThatWasSaidForAll() async throws {
    try await withCertificates { folder in
      let pair = try EnginePair(folder.client(), folder.server())
      pair.client.engine.finish()
      pair.run()
      pair.server.engine.takeEnd()
      pair.run()
      #expect(pair.server.events.last == .ended)
    }
  }

  @Test func tellsOfAnEndInEveryPlaceOfTheHandshake() async throws {
    try await withCertificates { folder in
      let (client, server) = (try folder.client(), try folder.server())
      let hello = try EngineEnd(client).run()
      for place in 0...hello.count {
        let end = try EngineEnd(server)
        _ = end.give(Array(hello.prefix(place)))
        end.engine.takeEnd()
        _ = end.run()
        #expect(end.events == [.failed(.endedInHandshake)])
      }
    }
  }

  @Test func sendsNothingThatWouldResumeOrRenegotiate() async throws {
    try await withCertificates { folder in
      let (context, server) = (try folder.client(), try EngineEnd(folder.server()))
      let client = try EngineEnd(context)
      let hello = client.run()
      let last = client.give(server.give(hello))
      // A ticket would be sent as soon as the client is known.
      #expect(server.give(last).isEmpty)
      #expect(server.peer != nil)
      // Whoever has something to resume with says more.
      #expect(try EngineEnd(context).run().count == hello.count)
    }
  }

  @Test func noticesEveryByteThatWasChangedOnTheWay() async throws {
    try await withCertificates { folder in
      let (client, server) = (try folder.client(), try folder.server())
      for place in 0..<(5 + 10 + 17) {
        let pair = try EnginePair(client, server)
        pair.run()
        pair.client.engine.write(pattern(10))
        var bytes = pair.client.run()
        bytes[place] ^= 0x40
        _ = pair.server.give(bytes)
        // A record that became longer is never whole.
        pair.server.engine.takeEnd()
        _ = pair.server.run()
        #expect(pair.server.received.isEmpty)
        #expect(pair.server.error != nil)
      }
    }
  }

  @Test func keepsOldConnectionsWhenItsFilesBecomeOthers() async throws {
    try await withCertificates { folder in
      let old = try EnginePair(folder.client(), folder.server())
      old.run()
      RawFiles.write(RawFiles.read(folder.file("stranger")) ?? "", to: folder.file("server"))
      RawFiles.write(RawFiles.read(folder.key("stranger")) ?? "", to: folder.key("server"))
      let server = try folder.server()
      let new = try EnginePair(folder.client(named: "somebody.test"), server)
      new.run()
      #expect(new.client.peer?.identity?.commonName == "stranger")
      old.client.engine.write([1])
      old.server.engine.write([2])
      old.run()
      #expect(old.server.received == [1])
      #expect(old.client.received == [2])
    }
  }

  @Test func refusesThoseWhoseAuthorityWasRemoved() async throws {
    try await withCertificates { folder in
      RawFiles.write(
        (RawFiles.read(folder.file("ca")) ?? "") + (RawFiles.read(folder.file("other")) ?? ""),
        to: folder.file("both")
      )
      let outsider = try folder.client("outsider")
      let before = try EnginePair(outsider, folder.server(clients: "both"))
      before.run()
      #expect(before.server.peer?.identity?.commonName == "outsider")
      let after = try EnginePair(outsider, folder.server(clients: "ca"))
      after.run()
      #expect(after.server.error == .unknownIssuer(subject: "outsider", issuer: "Other Authority"))
      #expect(after.client.error == .refused(.unknownAuthority))
    }
  }
}
