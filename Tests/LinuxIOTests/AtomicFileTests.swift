// Publishing: what it does, what it finds in its place, and what it refuses.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("Publishing", .timeLimit(.minutes(1)))
struct AtomicFileTests {
  @Test func `replaces the file it expected, by exchange and nothing else`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      calls.reset()
      let staged = try bench.stage("new")
      let publication = try bench.window.publish(staged, expecting: old)
      #expect(publication.replacedStamp == old)
      #expect(RawFiles.read(bench.windowPath) == "new")
      #expect(try bench.directory.facts(of: "window.json")?.stamp == staged.stamp)
      #expect(calls.count(of: .exchange) == 1)
      #expect(calls.count(of: .rename) == 0 && calls.count(of: .link) == 0)
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `gives the file the time it was told, to the nanosecond`() throws {
    try withScratchDirectory { path in
      let bench = try Bench(path)
      let staged = try bench.stage("new")
      #expect(staged.stamp.modified == FileTime(seconds: 1_700_000_000, nanoseconds: 123_456_789))
      #expect(try bench.window.publish(staged, expecting: nil).isCreated)
      #expect(try bench.directory.facts(of: "window.json")?.stamp == staged.stamp)
    }
  }

  @Test func `writes its slices one after the other`() throws {
    try withScratchDirectory { path in
      let bench = try Bench(path)
      // More than are gathered in one call, empty ones among them.
      let slices = (0..<200).map { Array("\($0 % 7 == 0 ? "" : "<\($0)>")".utf8)[...] }
      let staged = try bench.window.stage(slices, modified: .now())
      _ = try bench.window.publish(staged, expecting: nil)
      #expect(RawFiles.read(bench.windowPath) == String(decoding: slices.joined(), as: UTF8.self))
    }
  }

  @Test func `creates a window that is missing without replacing anything`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      #expect(try bench.publish("new", expecting: nil).isCreated)
      #expect(RawFiles.read(bench.windowPath) == "new")
      #expect(calls.count(of: .renameToFree) == 1 && calls.count(of: .exchange) == 0)
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `what somebody creates between the look and the rename comes back`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let thief = bench.windowPath
      calls.plan(.nth(1, .renameToFree), .first { RawFiles.write("theirs", to: thief) })
      let displaced = try #require(try bench.publish("ours", expecting: nil).displacedFile)
      #expect(try displaced.text() == "theirs")
      #expect(RawFiles.read(bench.windowPath) == "ours")
      displaced.remove()
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `a window that vanishes between the look and the exchange is created`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      let windowPath = bench.windowPath
      calls.plan(.nth(1, .exchange), .first { RawFiles.remove(windowPath) })
      #expect(try bench.publish("new", expecting: old).isCreated)
      #expect(RawFiles.read(windowPath) == "new")
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test(arguments: ["by rename", "in place"])
  func `a thief who publishes between the look and the exchange loses nothing`(_ way: String) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      let windowPath = bench.windowPath
      calls.plan(
        .nth(1, .exchange),
        .first {
          if way == "in place" {
            RawFiles.write("stolen", to: windowPath)
          } else {
            RawFiles.replace(windowPath, with: "stolen")
          }
        }
      )
      let displaced = try #require(try bench.publish("ours", expecting: old).displacedFile)
      #expect(try displaced.text() == "stolen")
      #expect(displaced.facts?.kind == .regular && displaced.facts?.stamp != old)
      #expect(displaced.facts?.stamp.isSameFile(as: old) == (way == "in place"))
      #expect(RawFiles.read(windowPath) == "ours")
      #expect(try bench.stagedNames() == [displaced.name])
      displaced.remove()
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test(arguments: [false, true])
  func `watchers see a rename and no false IN_CLOSE_WRITE`(_ isHeldOpen: Bool) throws {
    try withScratchDirectory { path in
      let bench = try Bench(path)
      var known = try bench.putWindow("old")
      let watch = inotify_init1(Int32(IN_NONBLOCK))
      defer { close(watch) }
      let mask = UInt32(IN_MOVED_TO) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_EXCL_UNLINK)
      #expect(unsafe inotify_add_watch(watch, path, mask) >= 0)
      var held: StagedFile?
      for text in ["one", "two", "three"] {
        let staged = try bench.stage(text, isHeldOpen: isHeldOpen)
        #expect(try bench.window.publish(staged, expecting: known).replacedStamp == known)
        known = staged.stamp
        // One that is held is let go of when the next has displaced it, any other at once.
        held = isHeldOpen ? staged : nil
      }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(watch, $0.baseAddress, $0.count) }
      var masks: [UInt32] = []
      var place = 0
      while place < count {
        masks.append(unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
        let length = unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: place + 12, as: UInt32.self)
        place += 16 + Int(length)
      }
      // Equal events that nobody has read yet are one.
      #expect(masks == [UInt32(IN_MOVED_TO)])
      #expect((held != nil) == isHeldOpen)
    }
  }

  @Test func `a staged file that is let go of unpublished leaves nothing behind`() throws {
    try withScratchDirectory { path in
      let bench = try Bench(path)
      var staged: StagedFile? = try bench.stage("never shown")
      #expect(try bench.stagedNames().count == 1)
      #expect(staged != nil)
      staged = nil
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `flushes the contents before it is published, when asked to`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      calls.reset()
      _ = try bench.window.stage(["x", "y"].map { Array($0.utf8)[...] }, modified: .now(), isFlushed: true)
      let log = calls.log
      let sync = try #require(log.firstIndex(of: .sync))
      #expect(sync > (try #require(log.lastIndex(of: .gather))))
    }
  }
}
