import CInotifyTools
import Glibc
import LinuxIO
import Testing

/// The library's traps, as they are in 3.22. Where one of these fails, a newer library is better and `Inotify` may be
/// simpler.
@Suite(.timeLimit(.minutes(1))) struct InotifyLibraryTests {
  @Test func itsNumberForAPathIsWrongOnceTheDirectoryWasMadeAgain() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      #expect(inotifytools_initialize() == 1)
      let path = try scratch.makeDirectory("channel") + "/"
      #expect(unsafe inotifytools_watch_file(path, IN_CREATE) == 1)
      let first = unsafe inotifytools_wd_from_filename(path)
      try scratch.removeDirectory("channel")
      while unsafe inotifytools_next_events(0, 1) != nil {}
      try scratch.makeDirectory("channel")
      #expect(unsafe inotifytools_watch_file(path, IN_CREATE) == 1)
      #expect(unsafe inotifytools_wd_from_filename(path) == first)
      try scratch.touch("channel/file")
      let event = unsafe inotifytools_next_events(0, 1)
      #expect(unsafe event.map { unsafe $0.pointee.wd } == first + 1)
    }
  }

  @Test func itAbortsWhenItsDescriptorIsPast1023() async {
    await #expect(processExitsWith: .signal(SIGABRT)) {
      var limit = rlimit(rlim_cur: 4_096, rlim_max: 4_096)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      var last: Int32 = 0
      while last < 1_023 { last = unsafe open("/dev/null", O_RDONLY) }
      #expect(inotifytools_initialize() == 1)
      unsafe inotifytools_next_events(0, 1)
    }
  }

  @Test func itPrintsAndKeepsItsEntryWhenItRemovesAWatchThatIsOver() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let scratch = try InotifyScratch()
      #expect(inotifytools_initialize() == 1)
      #expect(unsafe inotifytools_watch_file(try scratch.makeDirectory("gone"), IN_CREATE) == 1)
      try scratch.removeDirectory("gone")
      #expect(inotifytools_remove_watch_by_wd(1) == 0)
      #expect(inotifytools_get_num_watches() == 1)
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("Failed to remove watch"))
  }

  @Test func itDoesNotKnowTheLimitOfQueuedEvents() async {
    await #expect(processExitsWith: .success) {
      #expect(inotifytools_get_max_queued_events() == -1)
    }
  }

  @Test func ourBitsAreTheKernels() {
    let pairs: [(InotifyMask, UInt32)] = [
      (.read, UInt32(IN_ACCESS)), (.modified, UInt32(IN_MODIFY)), (.attributesChanged, UInt32(IN_ATTRIB)),
      (.closedAfterWriting, UInt32(IN_CLOSE_WRITE)), (.closedAfterReading, UInt32(IN_CLOSE_NOWRITE)),
      (.opened, UInt32(IN_OPEN)), (.movedFrom, UInt32(IN_MOVED_FROM)), (.movedTo, UInt32(IN_MOVED_TO)),
      (.created, UInt32(IN_CREATE)), (.deleted, UInt32(IN_DELETE)), (.selfDeleted, UInt32(IN_DELETE_SELF)),
      (.selfMoved, UInt32(IN_MOVE_SELF)), (.unmounted, UInt32(IN_UNMOUNT)), (.queueOverflow, UInt32(IN_Q_OVERFLOW)),
      (.ignored, UInt32(IN_IGNORED)), (.isDirectory, UInt32(IN_ISDIR)), (.onlyDirectory, UInt32(IN_ONLYDIR)),
      (.dontFollow, UInt32(IN_DONT_FOLLOW)), (.excludeUnlinked, UInt32(IN_EXCL_UNLINK)),
      (.oneShot, UInt32(IN_ONESHOT)),
    ]
    for (ours, kernels) in pairs { #expect(ours.rawValue == kernels) }
    #expect(pairs.reduce(into: InotifyMask()) { $0.formUnion($1.0) } == .known)
  }
}
