import ChannelModel
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// Threads that block, and who drives meanwhile.
@Suite(.timeLimit(.minutes(2))) struct WatcherWaitingTests {
  /// How many threads are being told something.
  private final class Inside: Sendable {
    let count = Atomic(0)
    let isShared = Atomic(false)
  }

  @Test func aBlockedCallerIsToldOnItsOwnThread() async {
    await #expect(processExitsWith: .success) {
      try withWatchedJournal { watcher, journal, channel in
        let own = KernelThread.current
        for _ in 1...200 {
          var isWritten = false
          let until = Moment.now.advanced(by: .seconds(20))
          let isMet = watcher.wait(until: until) {
            // Once it leads, so that what follows is noticed by this wait.
            if !isWritten, watcher.state.withLock({ $0.driving.driver }) == .caller {
              channel.forget()
              journal.append()
              isWritten = true
            }
            return isWritten && !channel.changes.isEmpty
          }
          #expect(isMet)
          #expect(channel.firstThread == own)
        }
      }
    }
  }

  @Test func whatAnotherThreadMakesTrueEndsTheWaitsOfAll() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      let isTrue = Atomic(false)
      let met = Atomic(0)
      let threads = (0..<5).map { _ in
        NativeThread {
          let until = Moment.now.advanced(by: .seconds(20))
          if watcher.wait(until: until, for: { isTrue.load(ordering: .sequentiallyConsistent) }) {
            met.add(1, ordering: .sequentiallyConsistent)
          }
        }
      }
      // One leads and four follow; whoever asks for less time leaves meanwhile.
      let until = Moment.now.advanced(by: .seconds(20))
      while watcher.state.withLock({ $0.driving.followers }) < 4, Moment.now < until {
        _ = watcher.wait(until: Moment.now.advanced(by: .microseconds(100))) { false }
      }
      isTrue.store(true, ordering: .sequentiallyConsistent)
      watcher.wakeWaiters()
      for thread in threads { thread.join() }
      #expect(met.load(ordering: .sequentiallyConsistent) == 5)
    }
  }

  @Test func theOwnThreadDrivesAgainOnceNobodyIsBlocked() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let channel = ProbeChannel()
        let number = try watcher.add(channel)
        let until = Moment.now.advanced(by: .milliseconds(20))
        // Long enough that the own thread has gone to sleep meanwhile.
        #expect(!watcher.wait(until: until) { false })
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        journal.append()
        #expect(channel.isTold(.journal(.backendToFrontend)))
        #expect(!channel.threads.contains(KernelThread.current))
        #expect(watcher.state.withLock { $0.driving.driver } == .ownThread)
      }
    }
  }

  @Test func amongCallersThatComeAndGoEveryMessageArrives() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        /// A channel that counts the bytes of its journal, as a reader would, and sees whether it is told alone.
        final class Reader: WatchedChannel {
          let read = Atomic(0)
          let journal: JournalScratch
          let inside: Inside
          init(_ journal: JournalScratch, _ inside: Inside) {
            self.journal = journal
            self.inside = inside
          }
          func noticed(_ change: WatchChange) {
            if inside.count.add(1, ordering: .sequentiallyConsistent).newValue > 1 {
              inside.isShared.store(true, ordering: .sequentiallyConsistent)
            }
            defer { inside.count.subtract(1, ordering: .sequentiallyConsistent) }
            try? Watcher.shared().foundNews()
            guard let text = RawFiles.read(journal.path + "/" + JournalScratch.segment) else { return }
            read.store(text.utf8.count, ordering: .sequentiallyConsistent)
            try? Watcher.shared().wakeWaiters()
          }
        }
        let journals = (0..<4).map { JournalScratch("\(path)/\($0)") }
        let inside = Inside()
        let readers = journals.map { Reader($0, inside) }
        for (reader, journal) in zip(readers, journals) {
          let number = try watcher.add(reader)
          try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        }
        // Each waits for what it asked another one to write, so that all go on only as long as all are told.
        let rounds = 3_000
        let asked = (0..<4).map { _ in Gate() }
        let writers = (0..<4).map { place in
          NativeThread {
            for round in 1...rounds {
              while true {
                let value = asked[place].value
                if value >= UInt32(round) { break }
                asked[place].wait(while: value)
              }
              journals[place].append()
            }
          }
        }
        let failures = Atomic(0)
        let callers = (0..<4).map { place in
          NativeThread {
            var random = SystemRandomNumberGenerator()
            for round in 1...rounds {
              asked[place].open(forAll: true)
              if UInt8.random(in: 0..<16, using: &random) == 0 {
                // Somebody who looks away for so long that the own thread takes over.
                KernelClock.pause(.microseconds(Int64.random(in: 0..<1_500, using: &random)))
              }
              let until = Moment.now.advanced(by: .seconds(20))
              let isMet = watcher.wait(until: until) {
                readers[place].read.load(ordering: .sequentiallyConsistent) > round
              }
              if !isMet { failures.add(1, ordering: .relaxed) }
            }
          }
        }
        for thread in writers + callers { thread.join() }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(inside.isShared.load(ordering: .sequentiallyConsistent) == false)
        #expect(watcher.state.withLock { $0.driving.followers } == 0)
        withExtendedLifetime(readers) {}
      }
    }
  }

  @Test func toBlockWhereTheWatcherIsDrivenEndsTheProcessSayingWhy() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let watcher = try Watcher.shared()
      _ = try watcher.add(ProbeChannel())
      watcher.schedule(at: Moment.now) { _ = watcher.wait(until: nil) { false } }
      _ = watcher.wait(until: Moment.now.advanced(by: .seconds(20))) { false }
    }
    let message = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(message.contains("would wait for itself"))
  }

  @Test func aWaitEndsWithItsTime() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      let start = Moment.now
      #expect(!watcher.wait(until: start.advanced(by: .milliseconds(20))) { false })
      #expect(Moment.now.duration(since: start) >= .milliseconds(20))
      #expect(watcher.wait(until: start) { true })
      #expect(!watcher.wait(until: start) { false })
    }
  }
}
