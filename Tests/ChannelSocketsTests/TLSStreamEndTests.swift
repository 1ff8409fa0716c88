import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("The end of a secured stream", .timeLimit(.minutes(2))) struct TLSStreamEndTests {
  @Test func tellsBothEndsWhyOneIsRefused() async throws {
    try await withSecuredEnds(client: nil) { client, server in
      try await server.until { $0.guests[0].end != nil }
      try await client.until { $0.guests[0].end != nil }
      #expect(await server.others == [.closed(.insecure(.noCertificate))])
      #expect(await client.guests[0].end == .insecure(.refused(.certificateRequired)))
      #expect(await client.others.count == 2)
      #expect(await client.with { $0.write([1]) } == .closed)
    }
  }

  /// What is sent beyond the refusal lies unread when the server closes, which breaks the connection off.
  @Test(arguments: [false, true]) func tellsAClientThatWritesAtOnceWhyItIsRefused(_ isOverTCP: Bool) async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let server = Host(on: loop, security: try folder.server())
        let client = Host(on: loop, security: try folder.client("outsider"))
        if isOverTCP {
          let socket = try RawSocket(port: await server.listen(at: .loopback(port: 0)))
          let end = PairedEnd(StreamSocket(taking: OwnedDescriptor(taking: dup(socket.number))))
          #expect(try await client.take(end, writing: pattern(300_000)) == .taken)
        } else {
          let (ours, theirs) = try StreamSocket.pair()
          #expect(try await client.take(PairedEnd(ours), writing: pattern(300_000)) == .taken)
          try await server.take(PairedEnd(theirs))
        }
        try await client.until { $0.guests[0].end != nil }
        #expect(await client.guests[0].end == .insecure(.refused(.unknownAuthority)))
        try await server.until { $0.guests.first?.end != nil }
        let error = TLSError.unknownIssuer(subject: "outsider", issuer: "Other Authority")
        #expect(await server.guests[0].end == .insecure(error))
        #expect(await server.received.isEmpty)
      }
    }
  }

  @Test func endsOneThatSendsSomethingElse() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, security: try folder.server())
        let socket = try await host.take()
        try await socket.give(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        try await host.until { $0.guests[0].end != nil }
        let begin = Array("GET / HTTP/1.1\r\n".utf8)
        #expect(await host.others == [.closed(.insecure(.notTLS(begins: begin)))])
      }
    }
  }

  @Test func endsOneThatStopsInTheMiddleOfTheHandshake() async throws {
    let limits = StreamLimits(handshake: .milliseconds(50))
    try await withCertificates { folder in
      try await withLoop { loop in
        for count in [0, 1, 5, 200, .max] {
          let host = Host(on: loop, security: try folder.server())
          let (ours, theirs) = try StreamSocket.pair()
          let end = PairedEnd(theirs)
          try await end.give(Array(EngineEnd(folder.client()).run().prefix(count)))
          try await host.take(PairedEnd(ours), limits)
          try await host.until { $0.guests[0].end != nil }
          #expect(await host.others == [.closed(.insecure(.handshakeTooSlow(limit: limits.handshake)))])
          #expect(await host.with { $0.write([1]) } == .closed)
          end.close()
        }
      }
    }
  }

  @Test func givesOneThatIsSecuredAllTheTimeItLikes() async throws {
    let limits = StreamLimits(handshake: .milliseconds(500))
    try await withSecuredEnds(limits: limits) { client, server in
      try await client.until { !$0.others.isEmpty }
      try await server.until { !$0.others.isEmpty }
      let later = ContinuousClock.now + limits.handshake * 2
      try await eventually { ContinuousClock.now > later }
      await client.with { #expect($0.write([1]) == .taken) }
      try await server.until { $0.received == [1] }
    }
  }

  @Test func tellsOfAnEndThatNobodyHasSaid() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, security: try folder.server())
        let (socket, end) = (try await host.take(), try EngineEnd(folder.client()))
        end.engine.write([1, 2, 3])
        try await run(end, over: socket) { $0.peer != nil }
        try await host.until { $0.received == [1, 2, 3] }
        socket.close()
        try await host.until { $0.guests[0].end != nil }
        #expect(Array(await host.others.dropFirst()) == [.closed(.insecure(.truncated))])
      }
    }
  }

  @Test func tellsOfAnEndInTheHandshake() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, security: try folder.server())
        let socket = try await host.take()
        try await socket.give(Array(EngineEnd(folder.client()).run().prefix(100)))
        socket.close()
        try await host.until { $0.guests[0].end != nil }
        #expect(await host.others == [.closed(.insecure(.endedInHandshake))])
      }
    }
  }

  @Test func isSilentFromItsCloseOn() async throws {
    try await withSecuredEnds { client, server in
      await client.with { stream in
        stream.close()
        #expect(stream.write([1]) == .closed)
        stream.finishWriting()
        stream.resumeReading()
      }
      try await server.until { $0.guests[0].end != nil }
      #expect(await client.others.allSatisfy { if case .secured = $0 { true } else { false } })
    }
  }

  @Test func leavesNoDescriptorAndNothingOnTheLoop() async throws {
    let before = try openDescriptors()
    try await withSecuredEnds(.echoes) { client, server in
      try await client.until { !$0.others.isEmpty }
      await client.letGoOfGuests()
      try await server.until { $0.guests[0].end != nil }
    }
    try await eventually { try isClosed(downTo: before) }
  }
}
