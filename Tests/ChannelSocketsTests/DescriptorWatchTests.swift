import ChannelSockets
import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

/// Both ends of a pipe, as somebody else's.
private final class Tube: Sendable {
  let reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe", code: errno) }
    (reading, writing) = (ends[0], ends[1])
  }

  func write(_ count: Int) {
    let bytes = [UInt8](repeating: 0, count: count)
    _ = unsafe Glibc.write(writing, bytes, count)
  }
}

@Suite("A watch on a descriptor", .timeLimit(.minutes(2))) struct DescriptorWatchTests {
  @Test func wakesWithinAMillisecond() async throws {
    let wake = try WakeDescriptor()
    let gate = Gate()
    let woken = Atomic<UInt64>(0)
    var times: [Duration] = []
    try await withLoop { loop in
      let lodger = Lodger(loop)
      try await lodger.run { lodger in
        let watch = try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { readiness in
          #expect(readiness == .readable)
          woken.store(KernelClock.sinceBoot(), ordering: .sequentiallyConsistent)
          wake.clear()
          gate.open(forAll: true)
        }
        lodger.watches = [watch]
      }
      times = try await ThreadExecutor.run {
        (0..<500).map { _ in
          let value = gate.value
          let begin = KernelClock.sinceBoot()
          wake.signal()
          while gate.value == value { gate.wait(while: value) }
          return .nanoseconds(Int64(woken.load(ordering: .sequentiallyConsistent) - begin))
        }
      }
      await lodger.moveOut()
    }
    #expect(times.median < .milliseconds(1))
  }

  @Test func toldForAsLongAsThereIsSomething() async throws {
    let tube = try Tube()
    let notebook = Notebook<DescriptorWatch.Readiness>()
    try await withLoop { loop in
      let lodger = Lodger(loop)
      try await lodger.run { lodger in
        let watch = try DescriptorWatch(on: loop, tube.reading, of: tube, for: .readable) { readiness in
          notebook.write(readiness)
          var byte: UInt8 = 0
          _ = unsafe read(tube.reading, &byte, 1)
        }
        lodger.watches = [watch]
      }
      tube.write(3)
      try await eventually { notebook.lines.count == 3 }
      // Nothing is there, and nothing is told.
      await lodger.run { _ in }
      #expect(notebook.lines == [.readable, .readable, .readable])
      // The end is readable as well.
      close(tube.writing)
      try await eventually { notebook.lines.count > 4 }
      await lodger.moveOut()
    }
    close(tube.reading)
  }

  @Test func toldOfRoomAndOfAReaderThatIsGone() async throws {
    let tube = try Tube()
    let notebook = Notebook<DescriptorWatch.Readiness>()
    try await withLoop { loop in
      let lodger = Lodger(loop)
      try await lodger.run { lodger in
        let watch = try DescriptorWatch(on: loop, tube.writing, of: tube, for: []) { notebook.write($0) }
        lodger.watches = [watch]
        // The watch has made it non-blocking: it is filled to the brim.
        tube.write(1 << 20)
      }
      await lodger.run { $0.watches[0].watch(for: .writable) }
      await lodger.run { _ in }
      #expect(notebook.lines.isEmpty)
      var room = [UInt8](repeating: 0, count: 1 << 20)
      _ = unsafe read(tube.reading, &room, room.count)
      try await eventually { notebook.lines.last == .writable }
      await lodger.run { $0.watches[0].watch(for: []) }
      close(tube.reading)
      await lodger.run { $0.watches[0].watch(for: .writable) }
      try await eventually { notebook.lines.last == .failed }
      let count = notebook.lines.count
      await lodger.run { _ in }
      #expect(notebook.lines.count == count)
      await lodger.moveOut()
    }
    close(tube.writing)
  }

  @Test func holdsTheOwnerUntilItIsOver() async throws {
    try await withLoop { loop in
      let lodger = Lodger(loop)
      let number = try await lodger.run { lodger in
        let wake = try WakeDescriptor()
        lodger.watches = [try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { _ in }]
        return wake.number
      }
      #expect(fcntl(number, F_GETFD) >= 0)
      await lodger.moveOut()
      // libuv lets go of what is closed a moment later.
      try await eventually { fcntl(number, F_GETFD) < 0 }
    }
  }

  @Test func isRefusedWhatCannotBeWaitedFor() async throws {
    try await withLoop { loop in
      try await Lodger(loop).run { lodger in
        let wake = try WakeDescriptor()
        let watch = try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { _ in }
        #expect(throws: SystemError("uv_poll_init", code: EEXIST)) {
          _ = try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { _ in }
        }
        watch.end()
        watch.watch(for: .readable)
        let again = try DescriptorWatch(on: loop, wake.number, of: wake, for: .readable) { _ in }
        again.end()
        let file = unsafe open("/proc/self/exe", O_RDONLY)
        defer { close(file) }
        #expect(throws: SystemError("uv_poll_init", code: EPERM)) {
          _ = try DescriptorWatch(on: loop, file, of: wake, for: .readable) { _ in }
        }
      }
    }
  }

  @Test func wakesForInotify() async {
    await #expect(processExitsWith: .success) {
      // Not Sendable, as all that is used on one thread only; the loop's.
      final class Noticer: @unchecked Sendable {
        let inotify: Inotify
        init() throws { inotify = try Inotify() }
      }
      try await withScratchDirectory { path in
        let noticer = try Noticer()
        _ = try noticer.inotify.add(path: path, [.created, .onlyDirectory])
        let notebook = Notebook<String>()
        try await withLoop { loop in
          let lodger = Lodger(loop)
          try await lodger.run { lodger in
            let watch = try DescriptorWatch(on: loop, noticer.inotify.descriptor, of: noticer, for: .readable) { _ in
              var events: [InotifyEvent] = []
              while (try? noticer.inotify.drain(into: &events)) == true {}
              for event in events { notebook.write(event.nameText ?? "?") }
            }
            lodger.watches = [watch]
          }
          RawFiles.write("", to: path + "/one")
          try await eventually { notebook.lines == ["one"] }
          RawFiles.write("", to: path + "/two")
          try await eventually { notebook.lines == ["one", "two"] }
          await lodger.moveOut()
        }
      }
    }
  }
}
