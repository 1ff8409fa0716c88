import ChannelSockets
import LinuxIO
import Synchronization
import TestSupport
import Testing

@Suite("A timer on a loop", .timeLimit(.minutes(2))) struct LoopTimerTests {
  @Test func firesInTheOrderOfTheTimesAndNeverEarly() async throws {
    let notebook = Notebook<(delay: Int, took: Duration)>()
    let delays = [30, 10, 21, 20, 1, 0, 15]
    try await withLoop { loop in
      let lodger = Lodger(loop)
      await lodger.run { lodger in
        for delay in delays {
          let begin = ContinuousClock.now
          let timer = LoopTimer(on: loop) { notebook.write((delay, begin.duration(to: .now))) }
          timer.set(after: .milliseconds(delay))
          #expect(timer.isSet)
          lodger.timers.append(timer)
        }
      }
      try await eventually { notebook.lines.count == delays.count }
      #expect(await lodger.run { $0.timers.allSatisfy { !$0.isSet } })
      await lodger.moveOut()
    }
    #expect(notebook.lines.map(\.delay) == delays.sorted())
    for line in notebook.lines { #expect(line.took >= .milliseconds(line.delay)) }
  }

  @Test func firesSoonAfterItsTime() async throws {
    let notebook = Notebook<Duration>()
    try await withLoop { loop in
      let lodger = Lodger(loop)
      for round in 1...100 {
        await lodger.run { lodger in
          let begin = ContinuousClock.now
          let delay = Duration.microseconds(3_000 + 37 * round)
          lodger.timers = [LoopTimer(on: loop) { notebook.write(begin.duration(to: .now) - delay) }]
          lodger.timers[0].set(after: delay)
        }
        try await eventually { notebook.lines.count == round }
      }
      await lodger.moveOut()
    }
    #expect(notebook.lines.allSatisfy { $0 >= .zero })
    #expect(notebook.lines.median < .milliseconds(3))
  }

  @Test func isSilentOnceItIsCancelledSetAnewOrLetGo() async throws {
    let notebook = Notebook<String>()
    try await withLoop { loop in
      let lodger = Lodger(loop)
      await lodger.run { lodger in
        let cancelled = LoopTimer(on: loop) { notebook.write("cancelled") }
        cancelled.set(after: .milliseconds(2))
        cancelled.cancel()
        #expect(!cancelled.isSet)
        let repeating = LoopTimer(on: loop) { notebook.write("repeating") }
        repeating.set(every: .milliseconds(2))
        repeating.cancel()
        let later = LoopTimer(on: loop) { notebook.write("later") }
        later.set(after: .milliseconds(2))
        later.set(after: .milliseconds(30))
        LoopTimer(on: loop) { notebook.write("let go") }.set(after: .milliseconds(2))
        let last = LoopTimer(on: loop) { notebook.write("last") }
        last.set(after: .milliseconds(40))
        lodger.timers = [cancelled, repeating, later, last]
      }
      try await eventually { notebook.lines.last == "last" }
      await lodger.moveOut()
    }
    #expect(notebook.lines == ["later", "last"])
  }

  @Test func repeatsWithoutDriftUntilItIsCancelledFromWithin() async throws {
    let period = Duration.milliseconds(5)
    let notebook = Notebook<Duration>()
    let isOver = Latch()
    try await withLoop { loop in
      let lodger = Lodger(loop)
      await lodger.run { lodger in
        let begin = ContinuousClock.now
        let timer = LoopTimer(on: loop) {
          notebook.write(begin.duration(to: .now))
          guard notebook.lines.count == 20 else { return }
          lodger.assumeIsolated { $0.timers[0].cancel() }
          isOver.open()
        }
        timer.set(every: period)
        lodger.timers = [timer]
      }
      await isOver.passed()
      // Had it gone on, this would come after several more.
      await lodger.run { lodger in
        lodger.timers.append(LoopTimer(on: loop) { notebook.write(.zero) })
        lodger.timers[1].set(after: period * 4)
      }
      try await eventually { notebook.lines.last == .zero }
      await lodger.moveOut()
    }
    let times = notebook.lines.dropLast()
    #expect(times.count == 20)
    for (place, time) in times.enumerated() { #expect(time >= period * (place + 1)) }
    // A fifth of a millisecond late each time would add up to four; with a busy machine one call stands for several.
    let late = times.map { time in Int(time / .microseconds(1)) % 5_000 }
    #expect(late.median < 4_000)
  }

  @Test func doesNotMakeUpForWhatABusyLoopMissed() async throws {
    let notebook = Notebook<Duration>()
    try await withLoop { loop in
      let lodger = Lodger(loop)
      await lodger.run { lodger in
        let begin = ContinuousClock.now
        lodger.timers = [LoopTimer(on: loop) { notebook.write(begin.duration(to: .now)) }]
        lodger.timers[0].set(every: .milliseconds(20))
        KernelClock.pause(.milliseconds(90))
      }
      try await eventually { notebook.lines.count >= 2 }
      await lodger.moveOut()
    }
    // At once, and then at the next whole period; not at once again.
    #expect(notebook.lines[0] >= .milliseconds(90))
    #expect(notebook.lines[1] >= .milliseconds(100))
  }

  @Test func leavesTimeForOthersThoughItSetsItselfAllTheTime() async throws {
    let fired = Atomic(0)
    try await withLoop { loop in
      let lodger = Lodger(loop)
      await lodger.run { lodger in
        let timer = LoopTimer(on: loop) {
          fired.add(1, ordering: .relaxed)
          lodger.assumeIsolated { $0.timers[0].set(after: .zero) }
        }
        timer.set(after: .zero)
        lodger.timers = [timer]
      }
      try await eventually { fired.load(ordering: .relaxed) > 3 }
      // This is a job.
      await lodger.moveOut()
    }
  }

  @Test func mayBeLetGoOfOnAnyThread() async throws {
    try await withLoop { loop in
      for _ in 0..<200 {
        let fired = Atomic(0)
        // It goes with its lodger, here or there.
        let lodger = Lodger(loop)
        await lodger.run { lodger in
          lodger.timers = [LoopTimer(on: loop) { fired.add(1, ordering: .relaxed) }]
          lodger.timers[0].set(every: .milliseconds(1))
        }
        try await ThreadExecutor.run { withExtendedLifetime(lodger) {} }
      }
    }
  }
}
