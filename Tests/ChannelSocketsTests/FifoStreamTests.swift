import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A stream over FIFOs", .timeLimit(.minutes(2))) struct FifoStreamTests {
  /// Two FIFOs in a directory of their own, and somebody on a loop who has the stream over them.
  private func withStream(
    _ manner: Host.Manner = .listens,
    _ body: (Host, String) async throws -> Void
  ) async throws {
    try await withScratchDirectory { path in
      try await withLoop { loop in
        let host = Host(on: loop, manner)
        try await open(host, path)
        try await body(host, path)
      }
    }
  }

  private func open(_ host: Host, _ path: String) async throws {
    try await host.take { loop throws(SystemError) in
      try ByteStream(reading: try Fifo(at: path + "/in"), writing: try Fifo(at: path + "/out"), on: loop)
    }
  }

  /// All that a line of shell says, and the code it ends with.
  private func output(_ line: String, in path: String) async throws -> (code: Int32, output: String) {
    try await ThreadExecutor.run { try shell(line, in: path).finish() }
  }

  private func shell(_ line: String, in path: String) throws -> ProcessRun {
    try ProcessRun(["sh", "-c", "cd \"$0\" && \(line)", path])
  }

  @Test func goesBothWaysThroughAPlainCat() async throws {
    try await withStream { host, path in
      let cat = try shell("cat <out >in", in: path)
      let bytes = pattern(3_000_000)
      await host.with { stream in
        #expect(stream.write(bytes) == .taken)
        stream.finishWriting()
      }
      try await host.until { $0.guests[0].end != nil }
      #expect(await host.received == bytes)
      #expect(await host.others.last == .closed(.finished))
      #expect(cat.wait() == 0)
    }
  }

  @Test func bearsAnOtherEndThatOpensThemTheOtherWayRound() async throws {
    try await withStream(.echoes) { host, path in
      let (code, output) = try await output("exec 3>in 4<out; echo question >&3; exec 3>&-; cat <&4", in: path)
      #expect(code == 0)
      #expect(output == "question\n")
      try await host.until { $0.others == [.inputEnded, .closed(.finished)] }
    }
  }

  @Test func keepsWhatIsWrittenBeforeAnybodyReads() async throws {
    try await withStream { host, path in
      await host.with { stream in
        #expect(stream.write(Array("early".utf8)) == .taken)
        #expect(stream.waitingCount == 5)
        stream.finishWriting()
      }
      let (code, output) = try await output("cat out", in: path)
      #expect(code == 0)
      #expect(output == "early")
      // Whoever has still to write may.
      #expect(await host.others.isEmpty)
      let late = try shell("echo late >in", in: path)
      try await host.until { $0.guests[0].end == .finished }
      #expect(await host.received == Array("late\n".utf8))
      #expect(late.wait() == 0)
    }
  }

  @Test func tellsAReaderWhoComesAfterItHasFinished() async throws {
    try await withStream { host, path in
      await host.with { $0.finishWriting() }
      let (code, output) = try await output("cat out", in: path)
      #expect(code == 0)
      #expect(output.isEmpty)
    }
  }

  @Test func isOneForEachSessionOfTheOtherEnd() async throws {
    try await withStream { host, path in
      for session in 0..<20 {
        let run = try shell("echo session \(session) >in", in: path)
        try await host.until { $0.guests[session].others == [.inputEnded] }
        #expect(await host.guests[session].received == Array("session \(session)\n".utf8))
        #expect(run.wait() == 0)
        // The next before this one is let go of.
        try await open(host, path)
        await host.with(session) { $0.close() }
      }
      // Nothing of the earlier ones is left for the last.
      #expect(await host.guests[20].received.isEmpty)
      #expect(await host.guests[20].others.isEmpty)
    }
  }

  @Test func noticesThatNobodyReadsAnyMore() async throws {
    try await withStream { host, path in
      // Something waits, and then nothing does.
      for bytes in [pattern(1_000_000), [1]] {
        let index = await host.guests.count - 1
        let run = try shell("head -c 1 <out >&-", in: path)
        #expect(await host.with(index) { $0.write(bytes) } == .taken)
        try await host.until { !$0.guests[index].others.isEmpty }
        let error = SystemError("write", code: EPIPE)
        #expect(await host.guests[index].others == [.outputRefused(error)])
        #expect(await host.with(index) { $0.write([1]) } == .closed)
        _ = run.wait()
        // It may still write.
        let writer = try shell("printf rest >in", in: path)
        try await host.until { $0.guests[index].end == .failed(error) }
        #expect(await host.guests[index].received == Array("rest".utf8))
        #expect(writer.wait() == 0)
        try await open(host, path)
      }
    }
  }

  @Test func makesThemForItsOwnUserWhereTheyAreMissing() async throws {
    try await withStream { _, path in
      for name in ["/in", "/out"] {
        var facts = stat()
        unsafe lstat(path + name, &facts)
        #expect(facts.st_mode & S_IFMT == S_IFIFO)
        #expect(facts.st_mode & 0o7777 == 0o600)
      }
    }
  }

  @Test func refusesWhatIsNoFifo() async throws {
    try await withScratchDirectory { path in
      RawFiles.write("text", to: path + "/file")
      unsafe mkdir(path + "/directory", 0o700)
      unsafe mkfifo(path + "/fifo", 0o600)
      unsafe symlink("fifo", path + "/link")
      for name in ["/file", "/directory", "/link"] {
        #expect(throws: SystemError("mkfifo", on: path + name, code: EEXIST)) { try Fifo(at: path + name) }
      }
      #expect(throws: SystemError("mkfifo", on: path + "/none/fifo", code: ENOENT)) {
        try Fifo(at: path + "/none/fifo")
      }
      // Also when it came to be something else later.
      let fifo = try Fifo(at: path + "/fifo")
      unsafe unlink(path + "/fifo")
      RawFiles.write("text", to: path + "/fifo")
      #expect(throws: SystemError("open", on: path + "/fifo", code: EEXIST)) { try fifo.openToRead() }
      #expect(RawFiles.read(path + "/fifo") == "text")
      try await withLoop { loop in
        let host = Host(on: loop)
        await #expect(throws: SystemError("open", on: path + "/same", code: EINVAL)) {
          try await host.take { loop throws(SystemError) in
            try ByteStream(reading: try Fifo(at: path + "/same"), writing: try Fifo(at: path + "/same"), on: loop)
          }
        }
      }
    }
  }

  @Test func isToldWhenTheOneThatIsAwaitedHasGone() async throws {
    try await withStream { host, path in
      unsafe unlink(path + "/out")
      let error = SystemError("open", on: path + "/out", code: ENOENT)
      try await host.until { $0.others == [.outputRefused(error)] }
      #expect(await host.with { $0.write([1]) } == .closed)
    }
  }

  @Test func leavesNothingOpen() async throws {
    try await withScratchDirectory { path in
      try await withLoop { _ in () }
      let before = try openDescriptors()
      for round in 0..<3 {
        try await withLoop { loop in
          let host = Host(on: loop)
          try await open(host, path)
          if round == 1 { await host.with { $0.close() } }
          if round == 2 { await host.letGoOfGuests() }
          if round == 0 {
            let cat = try shell("cat <out >in", in: path)
            #expect(await host.with { $0.write([1]) } == .taken)
            try await host.until { $0.received == [1] }
            loop.stop()
            await loop.untilOver()
            #expect(await host.others == [.closed(.loopEnded)])
            #expect(cat.wait() == 0)
          }
        }
      }
      try await eventually { try isClosed(downTo: before) }
    }
  }
}
