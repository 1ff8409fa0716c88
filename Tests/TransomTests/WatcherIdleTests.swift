import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// What the watcher costs while nothing happens.
@Suite(.timeLimit(.minutes(2))) struct WatcherIdleTests {
  @Test func nothingWakesUpWhileNothingHappens() async {
    await #expect(processExitsWith: .success) {
      try withWatchedJournal { watcher, journal, channel in
        journal.append()
        #expect(channel.isTold(.journal(.backendToFrontend)))
        let thread = try #require(threads(named: "transom-watcher").first)
        try rest(for: .milliseconds(20))
        let before = try wakeUps(of: thread)
        try rest(for: .milliseconds(500))
        #expect(try wakeUps(of: thread) == before)
      }
    }
  }

  @Test func whoGotAMessageIsWokenByNothingButTheNext() async {
    await #expect(processExitsWith: .success) {
      try await withScratchDirectory { path in
        let backend = try Channel(at: path + "/channel", as: .backend)
        let frontend = try Channel(at: path + "/channel", as: .frontend)
        let messages = frontend.messages
        let reading = Task(executorPreference: frontend.executor) {
          var count = 0
          while count < 2, try await messages.next() != nil { count += 1 }
          return count
        }
        try await backend.send("first")
        try rest(for: .milliseconds(50))
        let notices = frontend.core.lane(.backendToFrontend).notices
        let before = notices.count
        try rest(for: .milliseconds(200))
        #expect(notices.count == before)
        try await backend.send("second")
        #expect(try await reading.value == 2)
      }
    }
  }

  @Test func aBlockedCallerLeavesTheOwnThreadAsleepAndIsWokenByNothingElse() async {
    await #expect(processExitsWith: .success) {
      try withWatchedJournal { watcher, _, _ in
        let isOver = Atomic(false)
        let looks = Atomic(0)
        let caller = NativeThread {
          _ = watcher.wait(until: Moment.now.advanced(by: .seconds(60))) {
            looks.add(1, ordering: .relaxed)
            return isOver.load(ordering: .sequentiallyConsistent)
          }
        }
        let until = Moment.now.advanced(by: .seconds(20))
        while !watcher.state.withLock({ $0.driving.ownThreadSleeps }), Moment.now < until {
          try rest(for: .milliseconds(1))
        }
        let thread = try #require(threads(named: "transom-watcher").first)
        try rest(for: .milliseconds(20))
        let (before, looked) = (try wakeUps(of: thread), looks.load(ordering: .relaxed))
        try rest(for: .milliseconds(500))
        #expect(try wakeUps(of: thread) == before)
        #expect(looks.load(ordering: .relaxed) == looked)
        isOver.store(true, ordering: .sequentiallyConsistent)
        watcher.wakeWaiters()
        caller.join()
      }
    }
  }

  @Test func itsThreadHasANameAndBlocksAllSignals() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      _ = try watcher.add(ProbeChannel())
      let thread = try #require(threads(named: "transom-watcher").first)
      let blocked = try #require(field("SigBlk", of: thread))
      let bits = try #require(UInt64(blocked, radix: 16))
      // SIGKILL and SIGSTOP cannot be blocked, and two belong to the C library.
      for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD, SIGALRM, SIGPIPE] {
        #expect(bits & (1 << UInt64(signal - 1)) != 0)
      }
      withExtendedLifetime(watcher) {}
    }
  }
}

/// Waits on a descriptor that nobody makes ready.
private func rest(for duration: Duration) throws {
  let never = try WakeDescriptor()
  #expect(try Readiness.wait(on: [never.number], for: duration) == .timedOut)
  withExtendedLifetime(never) {}
}

private func field(_ name: String, of thread: Int32) -> String? {
  let status = RawFiles.read("/proc/self/task/\(thread)/status") ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
  return line.map { String($0.dropFirst(name.count + 2)) }
}

/// How often a thread has gone to sleep.
private func wakeUps(of thread: Int32) throws -> Int {
  try #require(field("voluntary_ctxt_switches", of: thread).flatMap { Int($0) })
}
