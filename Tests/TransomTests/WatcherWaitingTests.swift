import ChannelModel
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// Threads that block, and who drives meanwhile.
@Suite(.timeLimit(.minutes(2))) struct WatcherWaitingTests {
  @Test func aBlockedCallerIsToldOnItsOwnThread() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let channel = try ProbeChannel()
        let number = try watcher.add(channel)
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        let own = KernelThread.current
        for round in 1...200 {
          var isWritten = false
          let until = Watcher.now.advanced(by: .seconds(20))
          let isMet = watcher.wait(until: until) {
            // Once it leads, so that what follows is noticed by this wait.
            if !isWritten, watcher.state.withLock({ $0.driving.driver }) == .caller {
              journal.append()
              isWritten = true
            }
            return channel.changes.count >= round
          }
          #expect(isMet)
        }
        #expect(channel.threads == [own])
      }
    }
  }

  @Test func aWaitEndsWithItsTime() async {
    await #expect(processExitsWith: .success) {
      let watcher = try Watcher.shared()
      let start = Watcher.now
      #expect(!watcher.wait(until: start.advanced(by: .milliseconds(20))) { false })
      #expect(Watcher.now.duration(since: start) >= .milliseconds(20))
      #expect(watcher.wait(until: start) { true })
      #expect(!watcher.wait(until: start) { false })
    }
  }
}
