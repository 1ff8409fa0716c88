import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// Looking where the kernel does not tell, forced here.
@Suite(.timeLimit(.minutes(2))) struct WatcherPollingTests {
  @Test func whatGrowsIsFoundByLookingAlone() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let channel = ProbeChannel()
        let number = try watcher.add(channel)
        let directory = try journal.directory()
        try watcher.watch(number, journal: directory, of: .backendToFrontend, by: .polling)
        #expect(watcher.sight(of: number) == .polling(because: "as asked"))
        #expect(try kernelWatches() == 0)
        for round in 1...20 {
          // In turns: the newest grows, or there is a newer one.
          let segment = ChannelLayout.segment(beginningAt: SequenceNumber(UInt64(1 + round / 2)))
          JournalScratch.append(to: "\(path)/journal/\(segment)")
          #expect(channel.isTold(.segments(.backendToFrontend)))
          channel.forget()
        }
        withExtendedLifetime((channel, directory)) {}
      }
    }
  }

  @Test func whereNothingChangesNothingIsTold() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let journal = JournalScratch(path + "/journal")
        let directory = try journal.directory()
        let poll = Poll(ChannelNumber(1), .journal(.backendToFrontend), directory)
        var pauses: [Duration] = []
        for _ in 0..<12 {
          let (news, pause) = poll.look(places: 1)
          #expect(news == nil)
          pauses.append(pause)
        }
        #expect(pauses == pauses.sorted())
        #expect(pauses.last == PollingPace.longest)
        journal.append()
        let (news, pause) = poll.look(places: 1)
        #expect(news == .segments(.backendToFrontend))
        #expect(pause == PollingPace.shortest)
        #expect(poll.look(places: 1).news == nil)
      }
    }
  }

  @Test func removedMovedAndReplacedDirectoriesAreFound() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        RawFiles.makeDirectory(path + "/channel")
        RawFiles.makeDirectory(path + "/channel/.transom")
        let journal = JournalScratch(path + "/channel/.transom/journal")
        let held = try journal.directory()
        let channel = try Directory.open(path + "/channel")
        let polls = [
          Poll(ChannelNumber(1), .journal(.backendToFrontend), held), Poll(ChannelNumber(1), .channel, channel),
        ]
        func look() -> [WatchChange?] { polls.map { $0.look(places: 2).news } }
        #expect(look() == [nil, nil])
        #expect(RawFiles.rename(path + "/channel", to: path + "/elsewhere"))
        #expect(look() == [nil, .directory])
        #expect(look() == [nil, nil])
        #expect(RawFiles.rename(path + "/elsewhere", to: path + "/channel"))
        #expect(look() == [nil, .directory])
        journal.remove()
        #expect(look() == [.directory, nil])
        #expect(look() == [nil, nil])
        #expect(unsafe rmdir(path + "/channel/.transom") == 0)
        #expect(look() == [nil, .directory])
        RawFiles.makeDirectory(path + "/channel/.transom")
        #expect(look() == [nil, .directory])
        withExtendedLifetime((held, channel)) {}
      }
    }
  }

  @Test func aDirectoryThatIsNotHeldIsLeftToTheChannelToLookAt() async {
    await #expect(processExitsWith: .success) {
      try withWatchedJournal(by: .polling) { _, _, channel in
        #expect(channel.isTold(.segments(.backendToFrontend)))
      }
    }
  }

  @Test func pollingEndsWithItsChannelAndWithItsPlace() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let journals = (0..<3).map { JournalScratch("\(path)/\($0)") }
        let directories = try journals.map { try $0.directory() }
        let channels = (0..<3).map { _ in ProbeChannel() }
        let numbers = try channels.map { try watcher.add($0) }
        for (number, directory) in zip(numbers, directories) {
          try watcher.watch(number, journal: directory, of: .backendToFrontend, by: .polling)
        }
        #expect(watcher.pollCount.load(ordering: .relaxed) == 3)
        watcher.remove(numbers[0])
        // Watched anew, by the kernel this time.
        try watcher.watch(numbers[1], journal: directories[1], of: .backendToFrontend, by: .automatic)
        #expect(watcher.sight(of: numbers[1]) == .inotify)
        let until = Moment.now.advanced(by: .seconds(20))
        while watcher.pollCount.load(ordering: .relaxed) > 1, Moment.now < until {
          _ = watcher.wait(until: Moment.now.advanced(by: .milliseconds(1))) { false }
        }
        #expect(watcher.pollCount.load(ordering: .relaxed) == 1)
        for journal in journals { journal.append() }
        #expect(channels[1].isTold(.journal(.backendToFrontend)))
        #expect(channels[2].isTold(.segments(.backendToFrontend)))
        #expect(channels[0].changes.isEmpty)
        withExtendedLifetime((channels, directories)) {}
      }
    }
  }
}
