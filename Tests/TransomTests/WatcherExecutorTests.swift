import ChannelModel
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// Tasks on the watcher's own thread.
@Suite(.timeLimit(.minutes(2))) struct WatcherExecutorTests {
  @Test func tasksRunOnTheOwnThreadAndStayThere() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      _ = try watcher.add(ProbeChannel())
      let threads = await withTaskExecutorPreference(watcher.executor) {
        var threads: Set<UInt> = []
        for _ in 0..<100 {
          #expect(watcher.isDrivingThread)
          threads.insert(KernelThread.current)
          await Task.yield()
        }
        return threads
      }
      #expect(threads.count == 1)
      #expect(!threads.contains(KernelThread.current))
      #expect(!watcher.isDrivingThread)
    }
  }

  @Test func tasksRunThoughNothingIsWatchedYet() async {
    await #expect(processExitsWith: .success) {
      try await withScratchDirectory { path in
        let channel = try Channel(at: path + "/channel", as: .frontend)
        let isThere = await withTaskExecutorPreference(channel.executor) { channel.core.watcher.isDrivingThread }
        #expect(isThere)
      }
    }
  }

  @Test func aTaskThatNoticedWakesIsResumedWithoutAnotherThread() async {
    await #expect(processExitsWith: .success) {
      try await withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let waiting = Mutex<CheckedContinuation<UInt, Never>?>(nil)
        let channel = ProbeChannel { _ in
          let continuation = waiting.withLock {
            let waiter = $0
            $0 = nil
            return waiter
          }
          continuation?.resume(returning: KernelThread.current)
        }
        let number = try watcher.add(channel)
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        await withTaskExecutorPreference(watcher.executor) {
          for _ in 0..<100 {
            let teller = await withCheckedContinuation { continuation in
              waiting.withLock { $0 = continuation }
              journal.append()
            }
            #expect(teller == KernelThread.current)
          }
        }
        withExtendedLifetime(channel) {}
      }
    }
  }

  private final class Flags: Sendable {
    let isTold = Atomic(false)
    let isDue = Atomic(false)
  }

  @Test func aFloodOfTasksLeavesTheirTurnToEventsAndTimers() async {
    await #expect(processExitsWith: .success) {
      try await withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let flags = Flags()
        let channel = ProbeChannel { _ in flags.isTold.store(true, ordering: .relaxed) }
        let number = try watcher.add(channel)
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        watcher.schedule(at: Moment.now.advanced(by: .milliseconds(1))) { flags.isDue.store(true, ordering: .relaxed) }
        journal.append()
        // There is always another job: without bounds nothing else would ever have a turn.
        await withTaskGroup { group in
          for _ in 0..<600 {
            group.addTask(executorPreference: watcher.executor) {
              let until = Moment.now.advanced(by: .seconds(20))
              while !flags.isTold.load(ordering: .relaxed) || !flags.isDue.load(ordering: .relaxed), Moment.now < until
              {
                await Task.yield()
              }
            }
          }
        }
        #expect(flags.isTold.load(ordering: .relaxed) == true)
        #expect(flags.isDue.load(ordering: .relaxed) == true)
        withExtendedLifetime(channel) {}
      }
    }
  }

  @Test func whileACallerDrivesTasksStillRunOnTheOwnThread() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      _ = try watcher.add(ProbeChannel())
      let isOver = Atomic(false)
      let caller = NativeThread {
        _ = watcher.wait(until: Moment.now.advanced(by: .seconds(20))) {
          isOver.load(ordering: .sequentiallyConsistent)
        }
      }
      for _ in 0..<50 {
        let isRight = await withTaskExecutorPreference(watcher.executor) {
          await Task.yield()
          return watcher.executor.isOwnThread && watcher.isDrivingThread
        }
        #expect(isRight)
        await Task.yield()
      }
      isOver.store(true, ordering: .sequentiallyConsistent)
      watcher.wakeWaiters()
      caller.join()
    }
  }
}
