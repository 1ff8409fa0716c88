import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import Transom

/// What channels are told of their directories; each test in a process of its own, since a process has one watcher.
@Suite(.timeLimit(.minutes(2))) struct WatcherTests {
  @Test func aJournalThatGrowsIsToldToItsChannelAlone() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let (mine, other) = (try ProbeChannel(), try ProbeChannel())
        let journals = [JournalScratch(path + "/mine"), JournalScratch(path + "/other")]
        let numbers = [try watcher.add(mine), try watcher.add(other)]
        for (number, journal) in zip(numbers, journals) {
          try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
          #expect(watcher.sight(of: number) == .inotify)
        }
        journals[0].append()
        #expect(try mine.isTold(.journal(.backendToFrontend)))
        RawFiles.write("y", to: path + "/new.seg")
        _ = unsafe rename(path + "/new.seg", path + "/mine/00000000000000000009.seg")
        #expect(try mine.isTold { $0.count { $0 == .journal(.backendToFrontend) } == 2 })
        journals[1].append()
        #expect(try other.isTold(.journal(.backendToFrontend)))
        #expect(other.changes.count == 1)
        withExtendedLifetime((mine, other)) {}
      }
    }
  }
}
