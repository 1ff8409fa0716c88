import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A stream over a program", .timeLimit(.minutes(2))) struct ProgramStreamTests {
  private func start(_ host: Host, _ words: [String]) async throws {
    try await host.take { loop throws(SystemError) in try ByteStream.program(words, on: loop) }
  }

  private func afterword(_ host: Host) async -> String? { await host.with { $0.afterword } }

  @Test func carriesWhatIsWrittenAndRead() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      try await start(host, ["cat"])
      let text = Array(String(repeating: "0123456789", count: 50_000).utf8)
      #expect(await host.with { $0.write(text) } == .taken)
      await host.with { $0.finishWriting() }
      try await host.until { $0.others.last == .closed(.finished) }
      #expect(await host.received == text)
      #expect(await afterword(host) == nil)
    }
  }

  /// Also what it said right before it ended, though nobody takes what was written to it.
  @Test func tellsAllThatWasSaidAndHowItEnded() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      try await start(host, ["sh", "-c", "exec <&-; head -c 300000 /dev/zero; exit 3"])
      _ = await host.with { $0.write([UInt8](repeating: 1, count: 300_000)) }
      try await host.until { $0.others.contains(.inputEnded) }
      #expect(await host.received.count == 300_000)
      #expect(await afterword(host) == "sh has ended with status 3")
      await host.with { $0.close() }
    }
  }

  @Test func isAwaitedAlsoWhileNobodyReads() async throws {
    try await withLoop { loop in
      let host = Host(on: loop, .waits)
      try await start(host, ["sh", "-c", "kill -9 $$"])
      try await eventually { await afterword(host) != nil }
      await host.with { $0.resumeReading() }
      try await host.until { $0.others.contains(.inputEnded) }
      #expect(await afterword(host) == "sh was ended by signal 9")
    }
  }

  /// Its input ends, then it is told to end, and then it has to.
  @Test(arguments: ["cat", "exec tail -f /dev/null", "trap '' TERM; while :; do read x; done"])
  func endsWithTheStream(line: String) async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      try await start(host, ["sh", "-c", "echo $$; \(line)"])
      try await host.until { $0.received.last == UInt8(ascii: "\n") }
      let number = try #require(Int32(String(decoding: await host.received.dropLast(), as: UTF8.self)))
      #expect(kill(number, 0) == 0)
      await host.with { $0.close() }
      try await eventually { kill(number, 0) != 0 && errno == ESRCH }
    }
  }

  @Test func isNoneWhereThereIsNoProgram() async throws {
    try await withLoop { loop in
      let host = Host(on: loop)
      await host.connect(to: .program(["/nowhere/at all"]))
      try await eventually { await host.failures.count == 1 }
      #expect(await host.failures.first?.what == "cannot be run: No such file or directory")
    }
  }

  @Test func isReachedByAConnectorAsTwoFifosAre() async throws {
    try await withScratchDirectory { path in
      try await withLoop { loop in
        let (here, there) = (Host(on: loop), Host(on: loop, .echoes))
        await here.connect(to: .fifos(input: path + "/in", output: path + "/out"))
        await there.connect(to: .fifos(input: path + "/out", output: path + "/in"))
        for host in [here, there] { try await eventually { await host.guests.count == 1 } }
        #expect(await here.with { $0.write([1, 2, 3]) } == .taken)
        try await here.until { $0.received == [1, 2, 3] }
        var facts = stat()
        #expect(unsafe stat(path + "/in", &facts) == 0 && facts.st_mode & 0o777 == 0o600)
      }
    }
  }
}
