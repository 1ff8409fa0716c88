import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A byte stream", .timeLimit(.minutes(2))) struct ByteStreamTests {
  /// Both kinds of connection, to a host of its own each.
  private func withGuest(
    _ manner: Host.Manner,
    _ body: (Host, RawSocket) async throws -> Void
  ) async throws {
    try await withLoop { loop in
      let host = Host(on: loop, manner)
      try await body(host, RawSocket(port: host.listen(at: .loopback(port: 0))))
    }
    try await withScratchDirectory { path in
      try await withLoop { loop in
        let host = Host(on: loop, manner)
        try await host.listen(at: .path(path + "/socket"))
        try await body(host, RawSocket(path: path + "/socket"))
      }
    }
  }

  @Test func carriesBytesBothWaysAndEndsWhenBothHaveFinished() async throws {
    try await withGuest(.echoes) { host, socket in
      let bytes = pattern(3_000_000)
      let sending = Task {
        try await ThreadExecutor.run {
          try socket.send(bytes); socket.finish()
        }
      }
      let answer = try await ThreadExecutor.run { try socket.receiveAll() }
      try await sending.value
      #expect(answer == bytes)
      try await host.until { $0.others.last == .closed(.finished) }
    }
  }

  @Test func takesWhatComesByteByByte() async throws {
    try await withGuest(.echoes) { host, socket in
      let bytes = pattern(300)
      for byte in bytes {
        try socket.send([byte])
        #expect(try socket.receive() == [byte])
      }
      socket.finish()
      #expect(try socket.receiveAll().isEmpty)
      try await host.until { $0.others == [.inputEnded, .closed(.finished)] }
      #expect(await host.received == bytes)
    }
  }

  @Test func goesOnWritingAfterTheOtherEndHasFinished() async throws {
    try await withGuest(.listens) { host, socket in
      try socket.send("question")
      socket.finish()
      try await host.until { $0.others == [.inputEnded] }
      #expect(await host.with { $0.write(Array("answer".utf8)) } == .taken)
      #expect(try socket.receive() == Array("answer".utf8))
      await host.with { stream in
        #expect(stream.write(Array(" and more".utf8)) == .taken)
        stream.finishWriting()
        stream.finishWriting()
        #expect(stream.write([1]) == .closed)
      }
      #expect(try socket.receiveAll() == Array(" and more".utf8))
      try await host.until { $0.others == [.inputEnded, .closed(.finished)] }
      #expect(await host.with { $0.write([1]) } == .closed)
    }
  }

  @Test func goesOnReadingAfterItHasFinished() async throws {
    try await withGuest(.listens) { host, socket in
      try await host.until { $0.guests.count == 1 }
      await host.with { stream in
        #expect(stream.write(Array("hello".utf8)) == .taken)
        stream.finishWriting()
      }
      #expect(try socket.receiveAll() == Array("hello".utf8))
      try socket.send("still here")
      try await host.until { $0.received == Array("still here".utf8) }
      #expect(await host.others.isEmpty)
      socket.finish()
      try await host.until { $0.others == [.inputEnded, .closed(.finished)] }
    }
  }

  @Test func tellsOfAnEndThatBreaksOff() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      do {
        let socket = try RawSocket(port: await host.listen(at: .loopback(port: 0)))
        try socket.send("last words")
        try await host.until { !$0.received.isEmpty }
        socket.breakOffAtTheEnd()
      }
      try await host.until { $0.others.last == .closed(.failed(SystemError("read", code: ECONNRESET))) }
      #expect(await host.received == Array("last words".utf8))
      #expect(await host.with { $0.write([1]) } == .closed)
    }
  }

  @Test func takesWhatWasSentBeforeTheOtherEndBrokeOff() async throws {
    try await withLoop { loop in
      let host = Host(on: loop, .waits)
      let end = try await host.take()
      let count = try end.fill()
      // It leaves something unread, which the kernel reports as a connection that was broken off.
      #expect(await host.with { $0.write([1, 2, 3]) } == .taken)
      end.close()
      #expect(await host.with { $0.write([4]) } == .closed)
      await host.with { $0.resumeReading() }
      try await host.until { $0.guests[0].end != nil }
      #expect(await host.received.count == count)
      #expect(await host.others.count { if case .closed(.failed) = $0 { true } else { false } } == 1)
    }
  }

  @Test func tellsOfOneThatStopsReadingAndStillTakesWhatItHasSent() async throws {
    try await withLoop { loop in
      let host = Host(on: loop, .waits)
      let end = try await host.take()
      let count = try end.fill()
      await host.with { stream in
        while stream.waitingCount == 0 { #expect(stream.write(pattern(100_000)) == .taken) }
      }
      end.close()
      try await host.until { !$0.others.isEmpty }
      #expect(await host.others.count { if case .outputRefused = $0 { true } else { false } } == 1)
      await host.with { stream in
        #expect(stream.waitingCount == 0)
        stream.resumeReading()
      }
      try await host.until { $0.guests[0].end != nil }
      #expect(await host.received.count == count)
    }
  }

  @Test func takesNoMoreThanMayWaitForOneThatDoesNotRead() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      let limits = StreamLimits(highWater: 500_000, lowWater: 100_000)
      let end = try await host.take(limits)
      let part = pattern(70_000)
      let given = await host.with { stream -> Int in
        var given = 0
        while stream.write(part) == .taken {
          given += part.count
          #expect(stream.waitingCount <= limits.highWater)
        }
        #expect(stream.write([1]) == (stream.waitingCount == limits.highWater ? .full : .taken))
        return given + (stream.waitingCount < limits.highWater ? 1 : 0)
      }
      #expect(given > limits.highWater)
      #expect(await host.others.isEmpty)
      var taken: [UInt8] = []
      while await host.others.isEmpty { taken += try end.take() }
      #expect(await host.others == [.drained])
      #expect(await host.waitingCount <= limits.lowWater)
      // What comes when nothing waits may be longer than the mark.
      while await host.waitingCount > 0 { taken += try end.take() }
      #expect(await host.with { $0.write(pattern(2_000_000)) } == .taken)
      #expect(await host.with { $0.write([1]) } == .full)
      while await host.others.count < 2 { taken += try end.take() }
      while await host.waitingCount > 0 { taken += try end.take() }
      taken += try end.take()
      #expect(await host.others == [.drained, .drained])
      #expect(taken.count == given + 2_000_000)
      #expect(Array(taken.suffix(2_000_000)) == pattern(2_000_000))
    }
  }

  @Test func readsNothingWhileItIsPaused() async throws {
    try await withLoop { loop in
      let host = Host(on: loop, .waits)
      let end = try await host.take()
      let count = try end.fill()
      // Nobody takes it: no more fits.
      await host.with { _ in () }
      #expect(try end.fill() == 0)
      #expect(await host.received.isEmpty)
      await host.with { $0.resumeReading() }
      try await host.until { $0.received.count == count }
      await host.with { $0.pauseReading() }
      #expect(try end.fill() > 0)
      await host.with { _ in () }
      #expect(await host.received.count == count)
    }
  }

  @Test func isSilentFromItsCloseOn() async throws {
    try await withGuest(.listens) { host, socket in
      try await host.until { $0.guests.count == 1 }
      await host.with { stream in
        stream.close()
        stream.close()
        #expect(stream.write([1]) == .closed)
        stream.finishWriting()
        stream.resumeReading()
      }
      #expect(try socket.receiveAll().isEmpty)
      #expect(await host.openCount == 0)
      #expect(await host.others.isEmpty)
    }
  }

  @Test func breaksOffWhenItIsLetGoOf() async throws {
    try await withGuest(.listens) { host, socket in
      try await host.until { $0.guests.count == 1 }
      await host.letGoOfGuests()
      #expect(try socket.receiveAll().isEmpty)
      try await host.until { $0.openCount == 0 }
    }
    try await withGuest(.forgets) { host, socket in
      #expect(try socket.receiveAll().isEmpty)
      try await host.until { $0.openCount == 0 }
    }
  }

  @Test func isToldOfTheLoopsEnd() async throws {
    let host: Host
    let loop = try Loop.start("test loop")
    host = Host(on: loop)
    let socket = try RawSocket(port: await host.listen(at: .loopback(port: 0)))
    try await host.until { $0.guests.count == 1 }
    loop.stop()
    await loop.untilOver()
    #expect(await host.others == [.closed(.loopEnded)])
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test func tellsWhenItIsBrokenOffAfterItsInputHasEnded() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      do {
        let socket = try RawSocket(port: await host.listen(at: .loopback(port: 0)))
        socket.finish()
        try await host.until { $0.others == [.inputEnded] }
        socket.breakOffAtTheEnd()
      }
      try await host.until { $0.guests[0].end != nil }
      let error = SystemError("read", code: EPIPE)
      #expect(await host.others == [.inputEnded, .outputRefused(error), .closed(.failed(error))])
      // One that takes its leave reads no more either.
      let end = try await host.take()
      end.close()
      try await host.until { $0.guests[1].end != nil }
      let gone = SystemError("write", code: EPIPE)
      #expect(await host.guests[1].others == [.inputEnded, .outputRefused(gone), .closed(.failed(gone))])
      #expect(await host.with(1) { $0.write([1]) } == .closed)
    }
  }

  @Test func comesInPairs() async throws {
    try await withLoop { loop in
      let one = Host(on: loop, .echoes)
      let other = Host(on: loop)
      let ends = Notebook<StreamBox>()
      try await one.take { loop throws(SystemError) in
        let (here, there) = try ByteStream.pair(on: loop)
        ends.write(StreamBox(there))
        return here
      }
      try await other.take { _ in ends.lines[0].stream }
      let bytes = pattern(2_000_000)
      await other.with { stream in
        #expect(stream.write(bytes) == .taken)
        stream.finishWriting()
      }
      try await other.until { $0.others.last == .closed(.finished) }
      #expect(await other.received == bytes)
    }
  }
}

/// A stream on its way from one who lives on the loop to another.
private struct StreamBox: Sendable {
  let stream: ByteStream
  init(_ stream: ByteStream) { self.stream = stream }
}
