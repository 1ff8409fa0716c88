import ChannelModel
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// Events that were lost, and inotify that is not to be had.
@Suite(.timeLimit(.minutes(2))) struct WatcherLossTests {
  @Test func anOverflowHasEveryChannelLookAndFindsWatchesThatEnded() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        // Whoever notices waits here, so that the kernel's queue runs over meanwhile.
        let isBlocking = Atomic(true)
        let gate = Gate()
        let isInside = Gate()
        let busy = ProbeChannel { _ in
          isInside.open(forAll: true)
          while true {
            let value = gate.value
            if !isBlocking.load(ordering: .sequentiallyConsistent) { return }
            gate.wait(while: value)
          }
        }
        let (quiet, gone) = (ProbeChannel(), ProbeChannel())
        for (name, channel) in [("busy", busy), ("quiet", quiet), ("gone", gone)] {
          RawFiles.makeDirectory("\(path)/\(name)")
          let number = try watcher.add(channel)
          try watcher.watch(number, journal: Directory.open("\(path)/\(name)"), of: .backendToFrontend, by: .automatic)
        }
        JournalScratch.append(to: path + "/busy/a.seg")
        while isInside.value == 0 { isInside.wait(while: 0) }
        let queue = try #require(InotifyLimits.current().queuedEvents)
        for _ in 0..<(queue / 4 + 10) {
          #expect(RawFiles.rename(path + "/busy/a.seg", to: path + "/busy/b.seg"))
          #expect(RawFiles.rename(path + "/busy/b.seg", to: path + "/busy/a.seg"))
          #expect(RawFiles.rename(path + "/busy/a.seg", to: path + "/busy/c.seg"))
          #expect(RawFiles.rename(path + "/busy/c.seg", to: path + "/busy/a.seg"))
        }
        #expect(unsafe rmdir(path + "/gone") == 0)
        isBlocking.store(false, ordering: .sequentiallyConsistent)
        gate.open(forAll: true)
        #expect(quiet.isTold(.everything))
        #expect(busy.isTold(.everything))
        #expect(gone.isTold(.directory))
        #expect(watcher.register.withLock(\.watchCount) == 2)
        // And it goes on.
        JournalScratch.append(to: path + "/quiet/a.seg")
        #expect(quiet.isTold(.segments(.backendToFrontend)))
        withExtendedLifetime((busy, quiet, gone)) {}
      }
    }
  }

  @Test func theSlowSweepHasEveryChannelLookAndFindsDirectoriesThatAreGone() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let watcher = try Watcher.shared()
        let channels = (0..<200).map { _ in ProbeChannel() }
        var numbers: [ChannelNumber] = []
        var held: [Directory] = []
        for (place, channel) in channels.enumerated() {
          RawFiles.makeDirectory("\(path)/\(place)")
          held.append(try Directory.open("\(path)/\(place)"))
          numbers.append(try watcher.add(channel))
          try watcher.watch(numbers[place], journal: held[place], of: .backendToFrontend, by: .automatic)
        }
        let due = try #require(watcher.nextDeadline)
        #expect(due <= Moment.now.advanced(by: .seconds(30)))
        #expect(unsafe rmdir("\(path)/77") == 0)
        let all = numbers
        watcher.schedule(at: Moment.now) { watcher.sweep(all[...]) }
        for (place, channel) in channels.enumerated() {
          #expect(channel.isTold(place == 77 ? .directory : .sweep))
          #expect(channel.changes.count == 1)
        }
        withExtendedLifetime(held) {}
      }
    }
  }

  @Test func withoutInotifyPollingServesAndSaysWhy() async {
    await #expect(processExitsWith: .success) {
      try withScratchDirectory { path in
        let taken = try Inotify()
        let watcher = try Watcher.shared()
        let journal = JournalScratch(path + "/journal")
        let channel = ProbeChannel()
        let number = try watcher.add(channel)
        let directory = try journal.directory()
        try watcher.watch(number, journal: directory, of: .backendToFrontend, by: .automatic)
        #expect(watcher.sight(of: number) == .polling(because: "\(InotifyUnavailable.inUse)"))
        journal.append()
        #expect(channel.isTold(.segments(.backendToFrontend)))
        withExtendedLifetime((taken, channel, directory)) {}
      }
    }
  }

  @Test func outOfWatchesPollingServesTheRestAndSaysWhichSettingToRaise() throws {
    try withScratchDirectory { path in
      let script = """
        echo 3 > /proc/sys/user/max_inotify_watches || { echo not permitted; exit 0; }
        exec "$1" watcher-fill "$2" 5
        """
      let result = try ProcessRun.run("unshare", "-U", "-r", "sh", "-c", script, "sh", try ProcessRun.peer, path)
      guard !result.output.contains("not permitted") else {
        try Test.cancel("no limits to be set here: \(result.output)")
      }
      let reason = """
        this user has as many watches as are allowed: user.max_inotify_watches is 3; \
        raise it as root: sysctl -w user.max_inotify_watches=65536
        """
      #expect(
        result.output == """
          0 told, by inotify
          1 told, by inotify
          2 told, by inotify
          3 told, by polling (\(reason))
          4 told, by polling (\(reason))

          """
      )
    }
  }
}
