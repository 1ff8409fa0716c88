import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("The streams of a child", .timeLimit(.minutes(2))) struct ChildStreamTests {
  @Test func countWhatIsOverTheLimitAndDropIt() async throws {
    let line = "head -c 10000000 /dev/zero; head -c 300 /dev/zero >&2; exit 4"
    let (keeper, end) = try await runShell(line, limits: ChildLimits(output: 1_000, errors: 100))
    #expect(await keeper.output.count == 1_000)
    #expect(await keeper.errors.count == 100)
    #expect(end == ChildEnd(end: .exited(4), cause: .itself, droppedOutput: 9_999_000, droppedErrors: 200))
  }

  @Test func endTheChildThatSaysTooMuchWhenAskedTo() async throws {
    let limits = ChildLimits(output: 100_000, errors: 0, excess: .endsChild(grace: .seconds(60)))
    let (keeper, end) = try await runShell("trap 'exit 9' TERM; while :; do echo more; done", limits: limits)
    #expect(await keeper.output.count == 100_000)
    #expect(end?.end == .exited(9))
    #expect(end?.cause == .told)
    #expect(end?.droppedOutput ?? 0 > 0)
  }

  @Test func endTheChildThatSaysTooMuchAndDoesNotListen() async throws {
    let limits = ChildLimits(output: 0, errors: 10, excess: .endsChild(grace: .zero))
    let (keeper, end) = try await runShell("trap '' TERM; while :; do echo more; done >&2", limits: limits)
    #expect(await keeper.errors.count == 10)
    #expect(end?.end == .signalled(SIGKILL))
    #expect(end?.cause == .killed)
  }

  @Test func carryLinesBackAndForth() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      try await keeper.start(.shell("while read -r line; do echo \"<$line>\"; done; echo end"))
      for round in 0..<100 {
        #expect(await keeper.give(Array("\(round)\n".utf8)) == .taken)
        await keeper.until { $0.text.hasSuffix("<\(round)>\n") }
      }
      await keeper.closeInput()
      #expect(await keeper.give([1]) == .closed)
      #expect(await keeper.untilEnd()?.end == .exited(0))
      #expect(await keeper.text.hasSuffix("<99>\nend\n"))
      #expect(await keeper.others.count == 1)
    }
  }

  @Test func takeNoMoreThanMayWait() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      let limit = 500_000
      let limits = ChildLimits(output: .max, errors: 0, input: limit)
      let number = try await keeper.start(.shell("echo up; kill -STOP $$; exec cat"), limits: limits)
      await keeper.until { $0.text == "up\n" }
      let part = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      var given = 0
      while await keeper.give(part) == .taken { given += part.count }
      // What waits, the part that went over it, and what the pipe holds.
      #expect(given > limit)
      #expect(given <= limit + part.count + 1 << 17)
      #expect(await keeper.give([1]) == .full)
      #expect(await keeper.others.isEmpty)
      try await eventually { isStopped(number) }
      kill(number, SIGCONT)
      await keeper.until { $0.others == [.inputDrained] }
      #expect(await keeper.give(part) == .taken)
      // What was given comes before the end.
      await keeper.closeInput()
      #expect(await keeper.untilEnd()?.end == .exited(0))
      let output = await keeper.output.dropFirst(3)
      #expect(output.count == given + part.count)
      #expect(output.elementsEqual((0...given / part.count).flatMap { _ in part }))
    }
  }

  @Test func mayBeClosedByTheChildAtAnyTime() async throws {
    try await withLoop { loop in
      let closed = Keeper(on: loop)
      try await closed.start(.shell("trap 'exit 5' TERM; exec 0<&-; echo closed; while :; do :; done"))
      await closed.until { $0.text == "closed\n" }
      // There is no SIGPIPE, or this would be the end.
      #expect(await closed.give([1]) == .closed)
      #expect(await closed.give([1]) == .closed)
      await closed.terminate(grace: .seconds(60))
      #expect(await closed.untilEnd()?.end == .exited(5))
      #expect(await closed.others.count == 1)

      let closing = Keeper(on: loop)
      // It reads nothing until more waits than its pipe holds.
      let line = "kill -STOP $$; read -r line; exec 0<&-; echo $line; exec tail -f /dev/null"
      let number = try await closing.start(.shell(line))
      #expect(await closing.give(Array("first\n".utf8) + [UInt8](repeating: 0, count: 1 << 20)) == .taken)
      try await eventually { isStopped(number) }
      kill(number, SIGCONT)
      await closing.until { $0.others == [.inputRefused] && $0.text == "first\n" }
      #expect(await closing.give([1]) == .closed)
      await closing.kill()
      #expect(await closing.untilEnd()?.cause == .killed)
      #expect(await closing.text == "first\n")
    }
  }

  @Test func areNotAwaitedOnceTheChildHasEnded() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      // What leaves the group keeps the other ends.
      try await keeper.start(.shell("setsid sh -c 'echo $$; exec sleep 600' & read -r go; exit 8"))
      await keeper.until { $0.text.hasSuffix("\n") }
      let runaway = try #require(Int32(await keeper.text.dropLast()))
      #expect(await keeper.give(Array("go\n".utf8)) == .taken)
      #expect(await keeper.untilEnd()?.end == .exited(8))
      #expect(!isGone(runaway))
      kill(runaway, SIGKILL)
    }
  }
}
