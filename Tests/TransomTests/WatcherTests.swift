import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// What channels are told of their directories; each test in a process of its own, since a process has one watcher.
@Suite(.timeLimit(.minutes(2))) struct WatcherTests {
  @Test func aJournalThatGrowsIsToldToItsChannelAlone() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let (mine, other) = (ProbeChannel(), ProbeChannel())
        let journals = [JournalScratch(path + "/mine"), JournalScratch(path + "/other")]
        let numbers = [try watcher.add(mine), try watcher.add(other)]
        for (number, journal) in zip(numbers, journals) {
          try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
          #expect(watcher.sight(of: number) == .inotify)
        }
        journals[0].append()
        #expect(mine.isTold(.journal(.backendToFrontend)))
        mine.forget()
        RawFiles.write("y", to: path + "/new.seg")
        #expect(RawFiles.rename(path + "/new.seg", to: path + "/mine/00000000000000000009.seg"))
        #expect(mine.isTold(.segments(.backendToFrontend)))
        #expect(other.changes.isEmpty)
        journals[1].append()
        #expect(other.isTold(.journal(.backendToFrontend)))
        withExtendedLifetime((mine, other)) {}
      }
    }
  }

  @Test func aDeedThatIsDueAgainAtOnceKeepsNothingElseFromBeingDone() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let channel = ProbeChannel()
        let number = try watcher.add(channel)
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        @Sendable func again() {
          watcher.schedule(at: Moment(nanoseconds: 0)) { again() }
        }
        again()
        watcher.schedule(at: .now) { channel.noticed(.everything) }
        journal.append()
        #expect(channel.isTold(.everything))
        #expect(channel.isTold(.journal(.backendToFrontend)))
        withExtendedLifetime(channel) {}
      }
    }
  }

  @Test func twoChannelsOnOneJournalAreBothToldByOneWatch() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let channels = (0..<3).map { _ in ProbeChannel() }
        var numbers: [ChannelNumber] = []
        for channel in channels {
          let number = try watcher.add(channel)
          try watcher.watch(number, journal: journal.directory(), of: .frontendToBackend, by: .automatic)
          #expect(watcher.sight(of: number) == .inotify)
          numbers.append(number)
        }
        #expect(watcher.register.withLock(\.watchCount) == 1)
        journal.append()
        for channel in channels { #expect(channel.isTold(.journal(.frontendToBackend))) }
        for channel in channels { channel.forget() }
        watcher.remove(numbers[0])
        watcher.remove(numbers[1])
        journal.append()
        #expect(channels[2].isTold(.journal(.frontendToBackend)))
        #expect(channels[0].changes.isEmpty)
        watcher.remove(numbers[2])
        #expect(watcher.register.withLock(\.watchCount) == 0)
        #expect(try kernelWatches() == 0)
      }
    }
  }

  @Test func aJournalThatIsRemovedWhileItIsHeldOpenIsToldByItsLock() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let channel = ProbeChannel()
        let number = try watcher.add(channel)
        let held = try journal.directory()
        try watcher.watch(number, journal: held, of: .backendToFrontend, by: .automatic)
        journal.remove()
        #expect(channel.isTold(.directory))
        // Made again, which is another inode: the old watch goes with its directory.
        channel.forget()
        let again = JournalScratch(path + "/journal")
        try watcher.watch(number, journal: again.directory(), of: .backendToFrontend, by: .automatic)
        again.append()
        #expect(channel.isTold(.journal(.backendToFrontend)))
        #expect(watcher.register.withLock(\.watchCount) == 1)
        withExtendedLifetime((channel, held)) {}
      }
    }
  }

  @Test func aDirectoryThatNobodyHoldsTellsOfItsEndAndOneThatMovedIsStillHeard() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let channel = ProbeChannel()
        let number = try watcher.add(channel)
        try watcher.watch(number, channel: Directory.open(path), by: .automatic)
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        #expect(RawFiles.rename(path + "/journal", to: path + "/moved"))
        #expect(channel.isTold(.directory))
        channel.forget()
        JournalScratch.append(to: path + "/moved/" + JournalScratch.segment)
        #expect(channel.isTold(.journal(.backendToFrontend)))
        channel.forget()
        // As a hidden folder is made: aside, then by rename.
        RawFiles.makeDirectory(path + "/.transom.aside")
        #expect(RawFiles.rename(path + "/.transom.aside", to: path + "/.transom"))
        #expect(channel.isTold(.directory))
        for round in 1...5 {
          RawFiles.makeDirectory(path + "/again")
          try watcher.watch(number, journal: Directory.open(path + "/again"), of: .backendToFrontend, by: .automatic)
          channel.forget()
          if round.isMultiple(of: 2) {
            JournalScratch.append(to: path + "/again/00000000000000000001.seg")
            RawFiles.remove(path + "/again/00000000000000000001.seg")
          }
          #expect(unsafe rmdir(path + "/again") == 0)
          #expect(channel.isTold(.directory))
        }
        withExtendedLifetime(channel) {}
      }
    }
  }

  @Test func thousandsOfChannelsShareOneInstanceAndOneThread() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let before = try Directory.open("/proc/self/task").names().count
        let channels = (0..<3_000).map { _ in ProbeChannel() }
        var numbers: [ChannelNumber] = []
        for (place, channel) in channels.enumerated() {
          RawFiles.makeDirectory("\(path)/\(place)")
          let number = try watcher.add(channel)
          try watcher.watch(number, journal: Directory.open("\(path)/\(place)"), of: .backendToFrontend, by: .automatic)
          numbers.append(number)
        }
        #expect(try RawFiles.descriptors(of: "anon_inode:inotify").count == 1)
        #expect(try threads(named: "transom-watcher").count == 1)
        #expect(try Directory.open("/proc/self/task").names().count == before + 1)
        #expect(try kernelWatches() == 3_000)
        for place in stride(from: 0, to: 3_000, by: 7) {
          JournalScratch.append(to: "\(path)/\(place)/\(JournalScratch.segment)")
          #expect(channels[place].isTold(.segments(.backendToFrontend)))
        }
        #expect(channels.count { !$0.changes.isEmpty } == 3_000 / 7 + 1)
        for number in numbers { watcher.remove(number) }
        #expect(try kernelWatches() == 0)
      }
    }
  }

  @Test func aChannelThatWasLetGoOfIsToldNothing() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let last = ProbeChannel()
        do {
          let first = ProbeChannel { _ in fatalError("told after its end") }
          let number = try watcher.add(first)
          try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        }
        let number = try watcher.add(last)
        try watcher.watch(number, journal: journal.directory(), of: .backendToFrontend, by: .automatic)
        journal.append()
        #expect(last.isTold(.journal(.backendToFrontend)))
      }
    }
  }
}

/// The watches that the kernel keeps for this process.
func kernelWatches() throws -> Int {
  let number = try Watcher.shared().inotifyNumber.load(ordering: .relaxed)
  let info = RawFiles.read("/proc/self/fdinfo/\(number)") ?? ""
  return info.split(separator: "\n").count { $0.hasPrefix("inotify wd:") }
}
