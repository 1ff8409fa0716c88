import ChannelSockets
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@Suite("The end of a child", .timeLimit(.minutes(2))) struct ChildEndTests {
  @Test func comesByItselfWithinTheGrace() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      try await keeper.start(.shell("trap 'echo tidy; exit 7' TERM; echo up; while :; do :; done"))
      await keeper.until { $0.text == "up\n" }
      await keeper.terminate(grace: .seconds(60))
      #expect(
        await keeper.untilEnd()
          == ChildEnd(end: .exited(7), cause: .told, droppedOutput: 0, droppedErrors: 0)
      )
      #expect(await keeper.text == "up\ntidy\n")
    }
  }

  @Test func comesAfterTheGraceForOneThatDoesNotListen() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      try await keeper.start(.shell("trap '' TERM; echo up; while :; do :; done"))
      await keeper.until { $0.text == "up\n" }
      let begin = ContinuousClock.now
      await keeper.terminate(grace: .seconds(3_600))
      // The shorter grace counts.
      await keeper.terminate(grace: .milliseconds(50))
      await keeper.terminate(grace: .seconds(3_600))
      let end = await keeper.untilEnd()
      #expect(begin.duration(to: .now) >= .milliseconds(50))
      #expect(end == ChildEnd(end: .signalled(SIGKILL), cause: .killed, droppedOutput: 0, droppedErrors: 0))
    }
  }

  @Test func mayBeTidiedForByOneThatIsStopped() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      let number = try await keeper.start(.shell("trap 'exit 6' TERM; echo up; kill -STOP $$; while :; do :; done"))
      await keeper.until { $0.text == "up\n" }
      try await eventually { isStopped(number) }
      await keeper.terminate(grace: .seconds(60))
      #expect(await keeper.untilEnd()?.end == .exited(6))
    }
  }

  @Test(arguments: [ChildEnd.Cause.itself, .told, .killed])
  func isThatOfItsGroup(_ cause: ChildEnd.Cause) async throws {
    let (before, after) =
      switch cause {
      case .itself: ("", "read -r go; exit 0")
      case .told: ("", "wait")
      case .killed: ("trap '' TERM;", "wait")
      }
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      // A grandchild that ignores TERM, whose number is told when it does.
      try await keeper.start(.shell("\(before) (trap '' TERM; echo; exec sleep 600) & echo $!; \(after)"))
      await keeper.until { $0.text.split(separator: "\n").count == 1 && $0.text.filter { $0 == "\n" }.count == 2 }
      let grandchild = try #require(Int32(await keeper.text.filter { $0 != "\n" }))
      #expect(await keeper.give(Array("go\n".utf8)) == .taken)
      if cause != .itself { await keeper.terminate(grace: .milliseconds(50)) }
      #expect(await keeper.untilEnd()?.cause == cause)
      try await eventually { isGone(grandchild) }
    }
  }

  @Test func leavesTheRestOfItsGraceToItsGroup() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      // The shell itself ends at once; what it runs waits for that before it tidies up. ($$ is the shell in both.)
      let tidy = "until grep -q '^State:.Z' /proc/$$/status; do :; done; echo tidy; exit"
      try await keeper.start(.shell("(trap \"\(tidy)\" TERM; echo up; while :; do :; done) & wait"))
      await keeper.until { $0.text == "up\n" }
      await keeper.terminate(grace: .seconds(60))
      #expect(
        await keeper.untilEnd()
          == ChildEnd(end: .signalled(SIGTERM), cause: .told, droppedOutput: 0, droppedErrors: 0)
      )
      #expect(await keeper.text == "up\ntidy\n")
    }
  }

  @Test func comesWhenNobodyHoldsIt() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      let number = try await keeper.start(.shell("exec tail -f /dev/null"))
      await keeper.letGo()
      try await eventually { ProcessIdentity.look(number) == .gone && kill(number, 0) != 0 }
      #expect(await keeper.others.isEmpty)
      // On another thread it is the same.
      var second: Keeper? = Keeper(on: loop)
      let other = try await second?.start(.shell("exec tail -f /dev/null")) ?? 0
      second = nil
      try await eventually { kill(other, 0) != 0 }
    }
  }

  @Test func comesWithThatOfTheLoopAndIsTold() async throws {
    let loop = try Loop.start("test loop")
    let keeper = Keeper(on: loop)
    let number = try await keeper.start(.shell("trap '' TERM; echo up; while :; do :; done"))
    await keeper.until { $0.text == "up\n" }
    loop.stop()
    await loop.untilOver()
    #expect(kill(number, 0) != 0)
    #expect(
      await keeper.untilEnd()
        == ChildEnd(end: .signalled(SIGKILL), cause: .killed, droppedOutput: 0, droppedErrors: 0)
    )
    #expect(await keeper.give([1]) == .closed)
  }

  @Test func comesWithThatOfTheThreadThatStartedIt() async throws {
    // What PR_SET_PDEATHSIG does, and why children are started on the loop's thread.
    let number = Atomic<Int32>(0)
    let end = Mutex<ProcessEnd?>(nil)
    try await ThreadExecutor.run {
      let leader = Mutex<Holder?>(nil)
      NativeThread {
        guard let started = try? GroupLeader(.shell("exec tail -f /dev/null")) else { return }
        number.store(started.number, ordering: .relaxed)
        leader.withLock { $0 = Holder(started) }
      }.join()
      guard let leader = leader.withLock({ $0 })?.leader else { return }
      leader.awaitEnd(for: .seconds(20))
      end.withLock { $0 = leader.takeEnd() }
    }
    #expect(number.load(ordering: .relaxed) > 0)
    #expect(end.withLock { $0 } == .signalled(SIGKILL))
  }

  /// To carry it from thread to thread.
  private struct Holder: @unchecked Sendable {
    let leader: GroupLeader
    init(_ leader: GroupLeader) { self.leader = leader }
  }

  @Test func doesNotComeWithThatOfAThreadThatOnlyAskedForIt() async throws {
    try await withLoop { loop in
      let keeper = Keeper(on: loop)
      // Every job of these tasks is a thread that ends.
      let number = try await withTaskExecutorPreference(ThreadExecutor()) { try await keeper.start(.shell("exec cat")) }
      #expect(await keeper.give(Array("still here".utf8)) == .taken)
      await keeper.until { $0.text == "still here" }
      #expect(!isGone(number))
    }
  }

  @Test func comesWithThatOfAProcessThatWasKilled() async throws {
    let peer = try ProcessRun([try ProcessRun.peer, "child-hold"])
    let line = try await ThreadExecutor.run { [line = Reader(peer)] in line.next() }
    let number = try #require(line.flatMap { Int32($0) })
    #expect(!isGone(number))
    kill(peer.pid, SIGKILL)
    try await eventually { isGone(number) }
  }

  /// To carry it from thread to thread.
  private struct Reader: @unchecked Sendable {
    let run: ProcessRun
    init(_ run: ProcessRun) { self.run = run }
    func next() -> String? { run.line() }
  }
}
