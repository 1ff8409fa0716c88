import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

/// The one instance of a process: how it is got, shared by threads, kept from children, and passed on.
@Suite(.timeLimit(.minutes(1))) struct InotifyInstanceTests {
  @Test func aDescriptorPast1023IsRefusedAndALowerFreeOneServes() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 4_096, rlim_max: 4_096)
      try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
      var last: Int32 = 0
      while last < 1_100 { last = unsafe open("/dev/null", O_RDONLY) }
      #expect(throws: InotifyUnavailable.descriptorTooHigh(next: 1_101)) { _ = try Inotify() }
      // Only the lowest free number counts, not how many are open.
      close(700)
      let inotify = try Inotify()
      #expect(inotify.descriptor == 700)
      var events: [InotifyEvent] = []
      #expect(try !inotify.drain(into: &events))
    }
  }

  @Test func itsDescriptorIsFoundAmongOthersAndMarkedAtOnce() async {
    await #expect(processExitsWith: .success) {
      let before = [inotify_init1(0), inotify_init1(0), inotify_init1(0)]
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let after = inotify_init1(0)
      #expect(!before.contains(inotify.descriptor))
      #expect(fcntl(inotify.descriptor, F_GETFD) & FD_CLOEXEC != 0)
      #expect(fcntl(inotify.descriptor, F_GETFL) & O_NONBLOCK != 0)
      // Where other threads make inotify descriptors meanwhile, a watch proves which is the library's.
      #expect(Inotify.prove(among: before + [inotify.descriptor, after]) == inotify.descriptor)
      #expect(Inotify.prove(among: before + [after]) == nil)
      _ = try inotify.next()
      let watch = try inotify.add(path: scratch.path, [.created, .onlyDirectory])
      try scratch.touch("file")
      #expect(try inotify.next().map(\.watch) == [watch])
    }
  }

  @Test func aSecondOneInTheProcessIsRefusedWhileTheFirstIsHeld() async {
    await #expect(processExitsWith: .success) {
      let inotify = try Inotify()
      #expect(throws: InotifyUnavailable.inUse) { _ = try Inotify() }
      #expect(inotify.descriptor > 0)
    }
  }

  @Test func theNextOwnerGetsTheSameDescriptorAndNothingOfTheLastOne() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let scratch = try InotifyScratch()
      let gone = try scratch.makeDirectory("gone")
      var numbers: Set<Int32> = []
      func own() throws -> Int32 {
        let inotify = try Inotify()
        #expect(inotify.watchCount == 0)
        var events: [InotifyEvent] = []
        #expect(try !inotify.drain(into: &events))
        #expect(events.isEmpty)
        numbers.insert(try inotify.add(path: scratch.path, [.created, .onlyDirectory]))
        if numbers.count == 1 {
          numbers.insert(try inotify.add(path: gone, [.created, .onlyDirectory]))
          try scratch.removeDirectory("gone")
        }
        try scratch.touch("unread\(numbers.count)")
        return inotify.descriptor
      }
      let first = try own()
      #expect(try own() == first)
      #expect(try own() == first)
      #expect(numbers.count == 4)
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self) == "")
  }

  @Test func childrenDoNotInheritIt() async {
    await #expect(processExitsWith: .success) {
      let control = inotify_init1(0)
      let inotify = try Inotify()
      let listing = try ProcessRun.run("ls", "-l", "/proc/self/fd").output
      let inherited = listing.split(separator: "\n").filter { $0.contains("inotify") }
      // The one without the mark is there, so the other is missing for a reason.
      #expect(inherited.count == 1)
      #expect(inherited.first?.contains(" \(control) -> ") == true)
      #expect(inotify.descriptor != control)
    }
  }

  @Test func anyThreadMayMakeTheNextCallAsLongAsOneAtATimeDoes() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let descriptor: Int32
      let inotify: Mutex<Inotify>
      do {
        let made = try Inotify()
        descriptor = made.descriptor
        inotify = Mutex(made)
      }
      // Each thread adds a watch, changes what it watches and takes events: its own and those of the others.
      let seen = Mutex<Set<[UInt8]>>([])
      let threads = (0..<4).map { number in
        NativeThread {
          for round in 0..<50 {
            let name = "\(number)-\(round)"
            do {
              let path = try scratch.makeDirectory(name)
              let watch = try inotify.withLock { try $0.add(path: path, [.created, .onlyDirectory]) }
              try scratch.touch("\(name)/\(name)")
              let events = try inotify.withLock { inotify in
                var events: [InotifyEvent] = []
                while try inotify.drain(into: &events) {}
                return events
              }
              seen.withLock { $0.formUnion(events.filter { !$0.name.isEmpty }.map(\.name)) }
              inotify.withLock { _ = $0.remove(watch) }
            } catch {
              Issue.record(error)
            }
          }
        }
      }
      for thread in threads { thread.join() }
      #expect(seen.withLock(\.count) == 200)
      #expect(inotify.withLock(\.watchCount) == 0)
      #expect(descriptor > 0)
    }
  }

  @Test func watchesWhoseEndWasLostInAnOverflowAreFoundByTheKernelsList() async {
    await #expect(processExitsWith: .success) {
      let scratch = try InotifyScratch()
      let inotify = try Inotify()
      let busy = try inotify.add(path: scratch.path, [.movedTo, .onlyDirectory])
      let gone = try inotify.add(path: try scratch.makeDirectory("gone"), [.created, .onlyDirectory])
      #expect(inotify.endedUnseen() == [])
      try scratch.touch("a")
      let queue = try #require(InotifyLimits.current().queuedEvents)
      for _ in 0..<(queue / 2 + 10) {
        try scratch.move("a", to: "b")
        try scratch.move("b", to: "a")
      }
      try scratch.removeDirectory("gone")
      let events = try inotify.next()
      #expect(events.last?.isOverflow == true)
      #expect(!events.contains { $0.watch == gone })
      #expect(inotify.watchCount == 2)
      #expect(inotify.endedUnseen() == [gone])
      #expect(inotify.watchCount == 1)
      #expect(inotify.endedUnseen() == [])
      #expect(inotify.remove(busy))
    }
  }
}
