import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A stream over two descriptors", .timeLimit(.minutes(2))) struct HalfStreamTests {
  private func descriptor(_ path: String, _ flags: Int32) throws -> Int32 {
    let number = unsafe open(path, flags | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw SystemError("open", on: path, code: errno) }
    return number
  }

  private func take(_ host: Host, _ input: Int32, _ output: Int32) async throws {
    try await host.take { loop throws(SystemError) in
      try ByteStream(reading: OwnedDescriptor(taking: input), writing: OwnedDescriptor(taking: output), on: loop)
    }
  }

  @Test func copiesAFileInTurns() async throws {
    try await withScratchDirectory { path in
      let text = String(repeating: "0123456789", count: 100_000)
      RawFiles.write(text, to: path + "/from")
      try await withLoop { loop in
        let host = Host(on: loop, .echoes)
        let output = try descriptor(path + "/to", O_WRONLY | O_CREAT)
        try await take(host, try descriptor(path + "/from", O_RDONLY), output)
        try await host.until { $0.others == [.inputEnded, .closed(.finished)] }
        #expect(RawFiles.read(path + "/to") == text)
        #expect(fcntl(output, F_GETFD) < 0)
      }
    }
  }

  @Test func leavesTheLoopToOthersWhileAFileHasNoEnd() async throws {
    try await withLoop { loop in
      let reader = Host(on: loop)
      try await take(reader, try descriptor("/dev/zero", O_RDONLY), try descriptor("/dev/null", O_WRONLY))
      // Somebody else is served, many times.
      let host = Host(on: loop, .echoes)
      let socket = try RawSocket(port: await host.listen(at: .loopback(port: 0)))
      for round in 0..<100 {
        try socket.send([UInt8(round)])
        #expect(try socket.receive() == [UInt8(round)])
      }
      // It rests when it is told to.
      await reader.with { $0.pauseReading() }
      let count = await reader.received.count
      #expect(count > 0)
      await reader.pass(.milliseconds(20))
      #expect(await reader.received.count == count)
      await reader.with { $0.resumeReading() }
      try await reader.until { $0.received.count > count }
      await reader.with { $0.close() }
      #expect(await reader.others.isEmpty)
    }
  }

  @Test func writesTheFirstOfARoundAtOnceAndTheRestInOnePiece() async throws {
    // A socket at which each reading ends where a writing did.
    var ends: [Int32] = [-1, -1]
    let made = unsafe socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
    try #require(made == 0)
    let other = ends[0]
    defer { close(other) }
    func received() -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 4_096)
      let count = unsafe recv(other, &bytes, bytes.count, 0)
      return Array(bytes.prefix(max(0, count)))
    }
    try await withLoop { loop in
      let host = Host(on: loop)
      try await take(host, try descriptor("/dev/null", O_RDONLY), ends[1])
      for _ in 0..<2 {
        await host.with { stream in
          for byte in 0..<100 { #expect(stream.write([UInt8(byte)]) == .taken) }
        }
        #expect(received() == [0])
        #expect(received() == Array(1..<100))
      }
      // What was said before somebody breaks off was said.
      await host.with { stream in
        for byte in 0..<3 { #expect(stream.write([UInt8(byte)]) == .taken) }
        stream.close()
      }
      #expect(received() == [0])
      #expect(received() == [1, 2])
    }
  }

  /// Who found no room is told when there is some, however what was in the way went out.
  @Test func tellsOfRoomWhenWhatWasGatheredHasGoneBeforeTheRoundEnds() async throws {
    var ends: [Int32] = [-1, -1]
    let made = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
    try #require(made == 0)
    let (other, own) = (ends[0], ends[1])
    defer { close(other) }
    try await withLoop { loop in
      let host = Host(on: loop)
      let limits = StreamLimits(highWater: 1 << 20, lowWater: 0)
      let input = try descriptor("/dev/null", O_RDONLY)
      try await host.take { loop throws(SystemError) in
        try ByteStream(
          reading: OwnedDescriptor(taking: input),
          writing: OwnedDescriptor(taking: own),
          limits: limits,
          on: loop
        )
      }
      await host.with { stream in
        #expect(stream.write([1]) == .taken)
        #expect(stream.write([2]) == .taken)
        #expect(stream.write(pattern(1_100_000)) == .full)
        #expect(stream.write(pattern(70_000)) == .taken)
        #expect(stream.waitingCount == 0)
      }
      try await host.until { $0.others.contains(.drained) }
    }
  }

  @Test func saysThatADiskIsFull() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      try await take(host, try descriptor("/dev/null", O_RDONLY), try descriptor("/dev/full", O_WRONLY))
      #expect(await host.with { $0.write([1]) } == .closed)
      try await host.until { $0.others == [.inputEnded, .closed(.failed(SystemError("write", code: ENOSPC)))] }
    }
  }

  @Test func saysWhatCannotBeRead() async throws {
    try await withScratchDirectory { path in
      try await withLoop { loop in
        let host = Host(on: loop)
        try await take(host, try descriptor(path, O_RDONLY), try descriptor("/dev/null", O_WRONLY))
        try await host.until { $0.others == [.closed(.failed(SystemError("read", code: EISDIR)))] }
      }
    }
  }

  @Test func finishesASocketThatIsBothOfThem() async throws {
    try await withLoop { loop in
      var ends: [Int32] = [-1, -1]
      unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
      let other = dup(ends[0])
      let host = Host(on: loop, .echoes)
      try await take(host, ends[0], dup(ends[0]))
      let own = OwnedDescriptor(taking: ends[1])
      let bytes = pattern(10_000)
      #expect(unsafe bytes.withUnsafeBytes { unsafe write(own.number, $0.baseAddress, $0.count) } == bytes.count)
      shutdown(own.number, Int32(SHUT_WR))
      // Somebody else has it as well, and is told nothing less.
      var answer = [UInt8](repeating: 0, count: 20_000)
      var count = 0
      while count < bytes.count {
        let more = unsafe answer.withUnsafeMutableBytes {
          unsafe read(own.number, $0.baseAddress?.advanced(by: count), $0.count - count)
        }
        try #require(more > 0)
        count += more
      }
      #expect(Array(answer.prefix(count)) == bytes)
      #expect(unsafe read(own.number, &answer, 1) == 0)
      try await host.until { $0.others == [.inputEnded, .closed(.finished)] }
      // And it waits again, as it did before.
      #expect(fcntl(other, F_GETFL) & O_NONBLOCK == 0)
      close(other)
    }
  }

  /// What a peer that echoes says of its end, on whichever streams the shell gives it; `$peer` runs it.
  private func run(_ line: String, in path: String) async throws -> String {
    let peer = "peer() { '\(try ProcessRun.peer)' stream-echo 2>said; }; cd '\(path)' || exit"
    let (code, output) = try await ThreadExecutor.run { try ProcessRun(["sh", "-c", "\(peer); \(line)"]).finish() }
    #expect(code == 0, "\(output)")
    return (RawFiles.read(path + "/said") ?? "") + output
  }

  @Test(arguments: [
    "peer <from >to; cmp from to", "cat from | peer | cat >to; cmp from to", "peer <from | cat >to; cmp from to",
    "cat from | peer >to; cmp from to", "peer </dev/null >/dev/null",
    "mkfifo in out; cat from >in & cat <out >to & peer <in >out; wait; cmp from to",
    "mkfifo in; (printf x >in; : >gone) & peer <in >to; wait; test \"$(cat to)\" = x",
    // Appended to what is there already.
    "printf x >to; printf y | peer >>to; test \"$(cat to)\" = xy",
  ])
  func isThatOfAProgramWithItsStandardStreams(_ line: String) async throws {
    try await withScratchDirectory { path in
      RawFiles.write(String(repeating: "0123456789", count: 200_000), to: path + "/from")
      let said = try await run(line, in: path)
      #expect(said == "finished\n")
    }
  }

  @Test func saysThatNobodyReadsStandardOutput() async throws {
    try await withScratchDirectory { path in
      RawFiles.write(String(repeating: "0123456789", count: 200_000), to: path + "/from")
      let said = try await run("cat from | peer | head -c 1", in: path)
      #expect(said == "failed(cannot be written: Broken pipe)\n0")
    }
  }

  @Test func leavesATerminalAsItWas() async throws {
    let peer = try ProcessRun.peer
    let terminal = try PseudoTerminal(columns: 80, rows: 24)
    let run = try terminal.start(["sh", "-c", "'\(peer)' stream-echo; read -r line; echo \"after: <$line>\""])
    terminal.type("hello\n")
    // As it is typed, and as it is sent back.
    #expect(terminal.shown(until: "hello\r\nhello\r\n").hasSuffix("hello\r\nhello\r\n"))
    // What ends the input.
    terminal.type("\u{4}")
    #expect(terminal.shown(until: "finished").contains("finished"))
    terminal.type("more\n")
    #expect(terminal.shown(until: "<more>").contains("after: <more>"))
    #expect(run.wait() == 0)
  }
}
