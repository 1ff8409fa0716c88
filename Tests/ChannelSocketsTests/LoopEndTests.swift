import ChannelSockets
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@Suite("The end of a loop", .timeLimit(.minutes(2))) struct LoopEndTests {
  @Test func leavesNoDescriptorAThousandTimes() async {
    await #expect(processExitsWith: .success) {
      // The first makes what libuv shares among all.
      try await withLoop { _ in }
      let before = try openDescriptors()
      for _ in 0..<1_000 {
        var kept: Lodger?
        try await withLoop { loop in
          let wake = try WakeDescriptor()
          let lodger = Lodger(loop)
          // They are still there at the end.
          kept = lodger
          try await lodger.run { lodger in
            lodger.timers.append(LoopTimer(on: loop) {})
            lodger.timers[0].set(every: .milliseconds(1))
            lodger.watches.append(try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { _ in })
            lodger.signals.append(try SignalWatch(on: loop, .hangUp) {})
          }
        }
        withExtendedLifetime(kept) {}
        kept = nil
      }
      // Those of the last lodger and of its wake go with them, on whatever thread.
      try await eventually { try isClosed(downTo: before) }
    }
  }

  @Test func leavesNoDescriptorOfOneThatNeverRan() throws {
    // The first makes what libuv shares among all.
    _ = try Loop()
    let before = try openDescriptors()
    for _ in 0..<100 { _ = try Loop() }
    #expect(try isClosed(downTo: before))
  }

  @Test func letsGoOfAllThatHadToDoWithIt() async throws {
    final class Trace: Sendable {
      let isGone: Latch
      init(_ isGone: Latch) { self.isGone = isGone }
      deinit { isGone.open() }
      func touch() {}
    }
    let isGone = Latch()
    weak var loop: Loop?
    do {
      let trace = Trace(isGone)
      let running = try Loop.start("test loop")
      loop = running
      let lodger = Lodger(running)
      try await lodger.run { lodger in
        lodger.timers.append(LoopTimer(on: running) { trace.touch() })
        lodger.signals.append(try SignalWatch(on: running, .hangUp) { trace.touch() })
        let plan = ChildPlan("/bin/tail", ["tail", "-f", "/dev/null"], environment: [])
        // It is let go of, and killed.
        _ = try Child(plan, limits: .unlimited, on: running) { _ in trace.touch() }
      }
      running.stop()
      await running.untilOver()
    }
    await isGone.passed()
    // Its thread ends a moment later.
    try await eventually { loop == nil }
  }

  @Test func comesForOneThatWasStoppedBeforeItRan() async throws {
    let loop = try Loop()
    loop.stop()
    loop.stop()
    try await ThreadExecutor.run { loop.run() }
    await loop.untilOver()
    loop.stop()
  }

  @Test func isNotKeptOffByATaskThatNeverRests() async throws {
    let isOver = Atomic(false)
    let loop = try Loop.start("test loop")
    let task = Task(executorPreference: loop) {
      while !isOver.load(ordering: .relaxed) { await Task.yield() }
    }
    await Lodger(loop).run { _ in }
    loop.stop()
    await loop.untilOver()
    isOver.store(true, ordering: .relaxed)
    await task.value
  }

  @Test func leavesNoTaskHanging() async throws {
    let loop = try Loop.start("test loop")
    let lodger = Lodger(loop)
    await lodger.run { _ in }
    loop.stop()
    await loop.untilOver()
    // One at a time still, and on it by its own word.
    let inside = Count()
    await withTaskGroup { group in
      for _ in 0..<100 {
        group.addTask {
          await lodger.run { lodger in
            #expect(inside.add(1) == 1)
            #expect(loop.isOwnThread)
            lodger.preconditionIsolated()
            sched_yield()
            _ = inside.add(-1)
          }
        }
      }
    }
    #expect(!loop.isOwnThread)
  }

  @Test func refusesNewLodgers() async throws {
    let loop = try Loop.start("test loop")
    let lodger = Lodger(loop)
    loop.stop()
    await loop.untilOver()
    let wake = try WakeDescriptor()
    await lodger.run { lodger in
      #expect(throws: SystemError("uv_poll_init", code: ECANCELED)) {
        _ = try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { _ in }
      }
      #expect(throws: SystemError("uv_signal_init", code: ECANCELED)) {
        _ = try SignalWatch(on: loop, .hangUp) {}
      }
      #expect(throws: SystemError("clone", on: "/bin/true", code: ECANCELED)) {
        _ = try Child(ChildPlan("/bin/true", ["true"], environment: []), limits: .unlimited, on: loop) { _ in }
      }
      // It has nobody to tell.
      let timer = LoopTimer(on: loop) {}
      timer.set(after: .zero)
      timer.cancel()
    }
  }
}
