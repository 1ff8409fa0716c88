import Glibc
import LinuxIO
import TestSupport
import Testing

/// The one instance of a process: how it is got, kept to one thread, kept from children, and passed on.
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

  @Test func aCallFromASecondThreadEndsTheProcessSayingWhy() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let inotify = try Inotify()
      _ = try inotify.add(path: "/tmp", .created)
      var thread = pthread_t()
      unsafe pthread_create(
        &thread,
        nil,
        { argument in
          if let argument = unsafe argument {
            unsafe Unmanaged<Inotify>.fromOpaque(argument).takeUnretainedValue().remove(1)
          }
          return nil
        },
        Unmanaged.passUnretained(inotify).toOpaque()
      )
      pthread_join(thread, nil)
    }
    let message = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(message.contains("Inotify was called by a second thread"))
  }
}
