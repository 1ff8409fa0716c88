import ChannelModel
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// A program whose own loop drives.
@Suite(.timeLimit(.minutes(2))) struct WatcherOutsideTests {
  @Test func eventsTimersAndTasksMakeItsDescriptorReadyAndNoThreadIsStarted() async {
    await #expect(processExitsWith: .success) {
      try await withScratchDirectory { path in
        let watcher = try Watcher.shared()
        #expect(watcher.descriptor == -1)
        try watcher.driveFromOutside()
        try watcher.driveFromOutside()
        let journal = JournalScratch(path + "/journal")
        let channel = ProbeChannel()
        let number = try watcher.add(channel)
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        #expect(try threads(named: "transom-watcher").isEmpty)
        func isReady(within limit: Duration) throws -> Bool {
          try Readiness.wait(on: [watcher.descriptor], for: limit) != .timedOut
        }
        watcher.drain()
        #expect(try !isReady(within: .zero))

        journal.append()
        #expect(try isReady(within: .seconds(20)))
        #expect(channel.changes.isEmpty)
        watcher.drain()
        #expect(channel.changes == [.journal(.backendToFrontend)])
        #expect(channel.threads == [KernelThread.current])
        #expect(try !isReady(within: .zero))

        let isDone = Atomic(false)
        let due = Moment.now.advanced(by: .milliseconds(20))
        watcher.schedule(at: due) { isDone.store(true, ordering: .relaxed) }
        #expect(watcher.nextDeadline == due)
        while !isDone.load(ordering: .relaxed) {
          #expect(try isReady(within: .seconds(20)))
          watcher.drain()
        }
        #expect(Moment.now >= due)

        let ran = Atomic<UInt>(0)
        let task = Task(executorPreference: watcher.executor) {
          #expect(watcher.isDrivingThread)
          ran.store(KernelThread.current, ordering: .sequentiallyConsistent)
        }
        #expect(try isReady(within: .seconds(20)))
        let own = KernelThread.current
        watcher.drain()
        #expect(ran.load(ordering: .sequentiallyConsistent) == own)
        #expect(!watcher.isDrivingThread)
        await task.value
        withExtendedLifetime(channel) {}
      }
    }
  }

  @Test func itIsRefusedOnceThereIsAThread() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      _ = try watcher.add(ProbeChannel())
      let error = #expect(throws: ChannelError.self) { try watcher.driveFromOutside() }
      #expect(error?.code == .misuse)
    }
  }

  @Test func threadsMayBlockBesideTheLoop() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        try watcher.driveFromOutside()
        let journal = JournalScratch(path + "/journal")
        let count = Atomic(0)
        let channel = ProbeChannel { _ in
          count.add(1, ordering: .sequentiallyConsistent)
          watcher.wakeWaiters()
        }
        let number = try watcher.add(channel)
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        let isOver = Atomic(false)
        let failures = Atomic(0)
        let left = Atomic(3)
        let callers = (0..<3).map { _ in
          NativeThread {
            for _ in 0..<200 {
              let before = count.load(ordering: .sequentiallyConsistent)
              journal.append()
              let until = Moment.now.advanced(by: .seconds(20))
              if !watcher.wait(until: until, for: { count.load(ordering: .sequentiallyConsistent) > before }) {
                failures.add(1, ordering: .relaxed)
              }
            }
            if left.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 {
              isOver.store(true, ordering: .sequentiallyConsistent)
              // Wakes the loop, which may be waiting for good.
              watcher.schedule(at: Moment.now) {}
            }
          }
        }
        while !isOver.load(ordering: .sequentiallyConsistent) {
          #expect(try Readiness.wait(on: [watcher.descriptor], for: .seconds(20)) != .timedOut)
          watcher.drain()
        }
        for caller in callers { caller.join() }
        #expect(failures.load(ordering: .relaxed) == 0)
        withExtendedLifetime(channel) {}
      }
    }
  }

  @Test func theLoopIsWokenForWhatAThreadBesideItLeavesUntaken() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        try watcher.driveFromOutside()
        let flooded = [JournalScratch(path + "/one"), JournalScratch(path + "/two")]
        let last = JournalScratch(path + "/last")
        let (flood, end) = (ProbeChannel(), ProbeChannel())
        let (floodNumber, endNumber) = (try watcher.add(flood), try watcher.add(end))
        try watcher.watch(floodNumber, journal: flooded[0].directory(), of: .backendToFrontend, by: .automatic)
        try watcher.watch(floodNumber, journal: flooded[1].directory(), of: .frontendToBackend, by: .automatic)
        try watcher.watch(endNumber, journal: last.directory(), of: .backendToFrontend, by: .automatic)
        watcher.drain()
        // More than a thread takes before it looks at its condition, of which a library has read the rest.
        for (count, takesTurn) in stride(from: 4_200, through: 6_200, by: 200).flatMap({ [($0, false), ($0, true)] }) {
          flood.forget()
          end.forget()
          // Such as follow each other and are the same are told once.
          for number in 0..<count { flooded[number % 2].append() }
          last.append()
          let caller = NativeThread {
            if takesTurn { return watcher.takeTurn() }
            #expect(watcher.wait(until: .now.advanced(by: .seconds(20))) { !flood.changes.isEmpty })
          }
          caller.join()
          while end.changes.isEmpty {
            try #require(Readiness.wait(on: [watcher.descriptor], for: .seconds(5)) != .timedOut)
            watcher.drain()
          }
        }
        withExtendedLifetime((flood, end)) {}
      }
    }
  }
}
