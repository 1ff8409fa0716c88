import ChannelSockets
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@Suite("A loop", .timeLimit(.minutes(2))) struct LoopTests {
  @Test func runsWhatEightThreadsLeaveInTheOrderOfEachOnOneThread() async throws {
    struct Line {
      let author: Int
      let number: Int
      let thread: UInt
    }
    let each = 5_000
    let notebook = Notebook<Line>()
    try await withLoop { loop in
      try await ThreadExecutor.run {
        let threads = (0..<8).map { author in
          NativeThread {
            for number in 0..<each {
              loop.perform { notebook.write(Line(author: author, number: number, thread: KernelThread.current)) }
            }
          }
        }
        for thread in threads { thread.join() }
      }
      // What is left afterwards comes after all of it.
      await Lodger(loop).run { _ in }
    }
    let lines = notebook.lines
    #expect(lines.count == 8 * each)
    #expect(Set(lines.map(\.thread)).count == 1)
    for author in 0..<8 {
      #expect(lines.filter { $0.author == author }.map(\.number) == Array(0..<each))
    }
  }

  @Test func isWhereItsActorsAndTasksRun() async throws {
    try await withLoop { loop in
      #expect(!loop.isOwnThread)
      let lodger = Lodger(loop)
      let threads = await withTaskExecutorPreference(loop) {
        var threads: Set<UInt> = []
        for _ in 0..<100 {
          threads.insert(KernelThread.current)
          #expect(loop.isOwnThread)
          await Task.yield()
          threads.insert(await lodger.run { _ in KernelThread.current })
        }
        return threads
      }
      #expect(threads.count == 1)
      #expect(!threads.contains(KernelThread.current))
    }
  }

  @Test func letsWhatHappensOnItEnterItsActors() async throws {
    try await withLoop { loop in
      let lodger = Lodger(loop)
      let entered = Latch()
      loop.perform {
        lodger.assumeIsolated { lodger in
          lodger.timers.append(
            LoopTimer(on: loop) {
              lodger.assumeIsolated { _ in entered.open() }
            }
          )
          lodger.timers[0].set(after: .zero)
        }
      }
      await entered.passed()
      await lodger.moveOut()
    }
  }

  @Test func refusesThoseWhoAreNotOnIt() async {
    await #expect(processExitsWith: .failure) {
      // Written so because in a task one would await it.
      func trespass(on lodger: Lodger) { lodger.assumeIsolated { _ in } }
      trespass(on: Lodger(try Loop.start("test loop")))
    }
    await #expect(processExitsWith: .failure) {
      _ = LoopTimer(on: try Loop.start("test loop")) {}
    }
    await #expect(processExitsWith: .failure) {
      let loop = try Loop.start("test loop")
      let wake = try WakeDescriptor()
      _ = try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { _ in }
    }
    await #expect(processExitsWith: .failure) {
      let plan = ChildPlan("/bin/true", ["true"], environment: [])
      _ = try Child(plan, limits: .unlimited, on: try Loop.start("test loop")) { _ in }
    }
  }

  @Test func runsOnTheThreadThatCallsRunUntilItIsStopped() async throws {
    let loop = try Loop()
    let notebook = Notebook<UInt>()
    loop.perform { notebook.write(KernelThread.current) }
    #expect(notebook.lines.isEmpty)
    let own = try await ThreadExecutor.run {
      loop.perform { loop.stop() }
      loop.run()
      return KernelThread.current
    }
    #expect(notebook.lines == [own])
    await loop.untilOver()
  }

  @Test func isRunOnce() async {
    await #expect(processExitsWith: .failure) {
      let loop = try Loop()
      loop.stop()
      loop.run()
      loop.run()
    }
  }

  @Test func starvesNeitherJobsNorDescriptors() async throws {
    struct Counts {
      var jobs = 0
      var looks = 0
      var sinceLook = 0
      var mostSinceLook = 0
    }
    let counts = Mutex(Counts())
    let isOver = Latch()
    let wake = try WakeDescriptor()
    // It is never cleared, so that it is ready at each look.
    wake.signal()
    try await withLoop { loop in
      let lodger = Lodger(loop)
      try await lodger.run { lodger in
        lodger.watches.append(
          try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { _ in
            counts.withLock {
              $0.looks += 1
              $0.mostSinceLook = max($0.mostSinceLook, $0.sinceLook)
              $0.sinceLook = 0
            }
          }
        )
        lodger.timers.append(LoopTimer(on: loop) { isOver.open() })
        lodger.timers[0].set(after: .milliseconds(200))
      }
      // Three that never rest, of both kinds.
      @Sendable func again() {
        counts.withLock {
          $0.jobs += 1
          $0.sinceLook += 1
        }
        if !isOver.isOpen { loop.perform(again) }
      }
      loop.perform(again)
      loop.perform(again)
      let yielding = Task(executorPreference: loop) {
        while !isOver.isOpen { await Task.yield() }
      }
      await isOver.passed()
      await yielding.value
      await lodger.moveOut()
    }
    let found = counts.withLock { $0 }
    #expect(found.looks > 100)
    #expect(found.jobs > found.looks)
    #expect(found.mostSinceLook <= 2 * 256)
  }

  @Test func wakesSoonForAnotherThread() async throws {
    try await withLoop { loop in
      let gate = Gate()
      let ran = Count()
      let times = try await ThreadExecutor.run {
        (0..<500).map { _ in
          let value = gate.value
          let begin = Int(KernelClock.sinceBoot())
          loop.perform {
            ran.set(Int(KernelClock.sinceBoot()))
            gate.open(forAll: true)
          }
          while gate.value == value { gate.wait(while: value) }
          return Duration.nanoseconds(ran.add(0) - begin)
        }
      }
      #expect(times.median < .milliseconds(1))
    }
  }
}
