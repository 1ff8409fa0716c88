import ChannelSockets
import LinuxIO
import TestSupport
import Testing

@Suite("A secured stream", .timeLimit(.minutes(2))) struct TLSStreamTests {
  @Test func tellsWhoIsThereBeforeAllElse() async throws {
    try await withSecuredEnds { client, server in
      try await client.until { !$0.others.isEmpty }
      try await server.until { !$0.others.isEmpty }
      let others = await client.others + server.others
      let peers = others.compactMap { if case .secured(let peer) = $0 { peer } else { nil } }
      #expect(peers.map(\.identity?.commonName) == ["server", "client"])
      #expect(peers.map(\.protocolName) == ["ipc/1", "ipc/1"])
    }
  }

  @Test func carriesBytesBothWaysAndEndsWhenBothHaveFinished() async throws {
    try await withSecuredEnds(.echoes) { client, server in
      let bytes = pattern(1 << 20)
      // The half of it waits for the handshake.
      await client.with { #expect($0.write(Array(bytes.prefix(1 << 19))) == .taken) }
      try await client.until { !$0.others.isEmpty && $0.waitingCount == 0 }
      await client.with { stream in
        #expect(stream.write(Array(bytes.dropFirst(1 << 19))) == .taken)
        stream.finishWriting()
        stream.finishWriting()
        #expect(stream.write([1]) == .closed)
      }
      try await client.until { $0.guests[0].end != nil }
      try await server.until { $0.guests[0].end != nil }
      #expect(await client.received == bytes)
      #expect(await server.received == bytes)
      for host in [client, server] {
        #expect(await host.others.filter { $0 != .drained }.suffix(2) == [.inputEnded, .closed(.finished)])
      }
    }
  }

  @Test func carriesMuchBothWaysThatWasWrittenBeforeItWasSecured() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let server = Host(on: loop, security: try folder.server())
        let client = Host(on: loop, security: try folder.client())
        let bytes = pattern(3 << 20)
        let end = try await client.take()
        await client.with { #expect($0.write(bytes) == .taken) }
        try await server.take(end)
        await server.with { stream in
          #expect(stream.write(bytes) == .taken)
          stream.finishWriting()
        }
        try await client.until { $0.others.last == .inputEnded }
        try await server.until { $0.received.count == bytes.count }
        #expect(await client.received == bytes)
        #expect(await server.received == bytes)
        // Who is there is told before there is room again.
        for host in [client, server] {
          guard case .secured? = await host.others.first else {
            Issue.record("not secured first")
            continue
          }
        }
      }
    }
  }

  @Test func takesWhatComesByteByByte() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, .echoes, security: try folder.server())
        let (socket, end) = (try await host.take(), try EngineEnd(folder.client()))
        try await run(end, over: socket) { $0.peer != nil }
        let bytes = pattern(300)
        for byte in bytes { end.engine.write([byte]) }
        for byte in end.run() { try await socket.give([byte]) }
        try await run(end, over: socket) { $0.received == bytes }
        end.engine.finish()
        try await run(end, over: socket) { $0.events.last == .ended }
        try await host.until { $0.guests[0].end == .finished }
      }
    }
  }

  @Test func goesOnWritingAfterTheOtherEndHasFinished() async throws {
    try await withSecuredEnds { client, server in
      await client.with { stream in
        #expect(stream.write([1, 2, 3]) == .taken)
        stream.finishWriting()
      }
      try await server.until { $0.others.last == .inputEnded }
      #expect(await server.received == [1, 2, 3])
      await server.with { #expect($0.write([4, 5]) == .taken) }
      try await client.until { $0.received == [4, 5] }
      #expect(await client.others.count == 1)
      await server.with { stream in
        #expect(stream.write([6]) == .taken)
        stream.finishWriting()
      }
      try await client.until { $0.others.last == .closed(.finished) }
      try await server.until { $0.others.last == .closed(.finished) }
      #expect(await client.received == [4, 5, 6])
    }
  }

  @Test func takesNoMoreThanMayWaitForOneThatDoesNotRead() async throws {
    let limits = StreamLimits(highWater: 500_000, lowWater: 100_000)
    try await withSecuredEnds(.waits, limits: limits) { client, server in
      try await client.until { !$0.others.isEmpty }
      let part = pattern(70_000)
      let given = await client.with { stream -> Int in
        var given = 0
        while stream.write(part) == .taken {
          given += part.count
          #expect(stream.waitingCount <= limits.highWater)
        }
        #expect(stream.waitingCount > limits.highWater - 71_000)
        return given
      }
      #expect(given > limits.highWater)
      // Nobody reads it.
      await client.with { _ in () }
      #expect(await client.others.count == 1)
      #expect(await server.received.isEmpty)
      await server.with { $0.resumeReading() }
      try await server.until { $0.received.count == given }
      try await client.until { $0.others.count == 2 }
      #expect(await client.others.last == .drained)
      #expect(await server.received.prefix(part.count) == part[...])
      #expect(await server.received.suffix(part.count) == part[...])
      #expect(await client.waitingCount == 0)
    }
  }

  @Test func refusesMoreThanMayWaitBeforeItIsSecured() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, security: try folder.client())
        let socket = try await host.take(StreamLimits(highWater: 1_000, lowWater: 0))
        await host.with { stream in
          #expect(stream.write(pattern(900)) == .taken)
          // As many would fit, but not as what they become.
          #expect(stream.write(pattern(60)) == .full)
          #expect(stream.waitingCount == TLSEngine.sealedCount(900))
        }
        let end = try EngineEnd(folder.server())
        try await run(end, over: socket) { $0.received.count == 900 }
        try await host.until { $0.others.contains(.drained) }
      }
    }
  }

  @Test func holdsWhatCameWithTheHandshakeWhileItIsPaused() async throws {
    try await withSecuredEnds(.waits) { client, server in
      let bytes = pattern(20_000)
      await client.with { stream in
        #expect(stream.write(bytes) == .taken)
        stream.finishWriting()
      }
      try await server.until { !$0.others.isEmpty }
      try await client.until { $0.waitingCount == 0 }
      #expect(await server.received.isEmpty)
      #expect(await server.others.count == 1)
      await server.with { $0.resumeReading() }
      try await server.until { $0.others.last == .inputEnded }
      #expect(await server.received == bytes)
    }
  }

  @Test func goesOnWithWhatItHoldsThoughNothingMoreComes() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, .waits, security: try folder.server())
        let (socket, end) = (try await host.take(), try EngineEnd(folder.client()))
        end.engine.write([1, 2, 3])
        try await run(end, over: socket) { $0.peer != nil }
        try await host.until { !$0.others.isEmpty }
        // What was to be read from the socket has been.
        #expect(await host.received.isEmpty)
        await host.with { stream in
          stream.resumeReading()
          stream.pauseReading()
          stream.resumeReading()
        }
        try await host.until { $0.received == [1, 2, 3] }
      }
    }
  }

  @Test func answersKeysThatBecomeOthers() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, .echoes, security: try folder.server())
        let (socket, end) = (try await host.take(), try EngineEnd(folder.client()))
        try await run(end, over: socket) { $0.peer != nil }
        for byte in pattern(300) {
          end.askForNewKeys()
          end.engine.write([byte])
        }
        try await run(end, over: socket) { $0.received == pattern(300) }
        end.engine.finish()
        try await run(end, over: socket) { $0.events.last == .ended }
        try await host.until { $0.guests[0].end == .finished }
      }
    }
  }

  @Test func readsNoMoreOfOneThatWantsAnswersAndDoesNotReadThem() async throws {
    try await withCertificates { folder in
      try await withLoop { loop in
        let host = Host(on: loop, security: try folder.server())
        let (socket, end) = (try await host.take(), try EngineEnd(folder.client()))
        try await run(end, over: socket) { $0.peer != nil }
        var wanted = 0
        // As many as are taken, which are more than the socket has room for.
        var bytes: ArraySlice<UInt8> = []
        var refusals = 0
        while refusals < 1_000, wanted < 1_000_000 {
          if bytes.isEmpty {
            end.askForNewKeys()
            end.engine.write([1])
            wanted += 1
            bytes = end.engine.takeCiphertext()[...]
          }
          guard case .moved(let count) = try socket.socket.write(bytes) else {
            refusals += 1
            _ = await host.waitingCount
            continue
          }
          refusals = 0
          bytes = bytes.dropFirst(count)
        }
        #expect(wanted < 1_000_000)
        #expect(await host.waitingCount < 256 << 10)
        // All is answered once it reads.
        try await eventually {
          _ = end.give(try socket.take())
          if case .moved(let count) = try socket.socket.write(bytes) { bytes = bytes.dropFirst(count) }
          return await host.received.count == wanted && bytes.isEmpty
        }
        #expect(end.error == nil)
      }
    }
  }
}
