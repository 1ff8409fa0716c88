// The flock among natives.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("The flock on a fixed file", .timeLimit(.minutes(1)))
struct FileLockTests {
  @Test func `excludes another open file until it is given up`() throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      let one = try FileLock("lock", in: directory)
      let two = try FileLock("lock", in: directory)
      #expect(try one.tryLock() == .locked)
      #expect(try two.tryLock() == .busy)
      try one.unlock()
      #expect(try two.tryLock() == .locked)
    }
  }

  @Test func `is given up when it is let go of`() throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      var one: FileLock? = try FileLock("lock", in: directory)
      let two = try FileLock("lock", in: directory)
      #expect(try one?.tryLock() == .locked)
      one = nil
      #expect(try two.tryLock() == .locked)
    }
  }

  @Test func `is given up by name, so that a duplicate of its descriptor does not keep it`() throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      let one = try FileLock("lock", in: directory)
      // What a child started meanwhile would have.
      let copy = dup(try #require(try RawFiles.descriptors(of: path + "/lock").first))
      let two = try FileLock("lock", in: directory)
      #expect(try one.tryLock() == .locked)
      defer { close(copy) }
      try one.unlock()
      #expect(try two.tryLock() == .locked)
    }
  }

  @Test(arguments: [FileLock.Look.name, .change])
  func `sees that it was moved away`(_ look: FileLock.Look) throws {
    try withScratchDirectory { path in
      let lock = try FileLock("lock", in: try Directory.open(path))
      #expect(try lock.tryLock() == .locked)
      try lock.unlock()
      let changed = try lock.file.facts().changed
      // The file system counts time in ticks: until the next one nothing of a move is to be seen.
      while true {
        #expect(RawFiles.rename(path + "/lock", to: path + "/elsewhere"))
        if try lock.file.facts().changed != changed { break }
        #expect(RawFiles.rename(path + "/elsewhere", to: path + "/lock"))
      }
      #expect(try lock.tryLock(lookingAt: look) == .replaced)
    }
  }

  @Test(arguments: ["replaced", "removed"], [FileLock.Look.name, .change])
  func `says that its path leads elsewhere, and holds nothing then`(_ way: String, _ look: FileLock.Look) throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      let one = try FileLock("lock", in: directory)
      let two = try FileLock("lock", in: directory)
      if way == "replaced" {
        RawFiles.replace(path + "/lock", with: "")
      } else {
        RawFiles.remove(path + "/lock")
      }
      #expect(try one.tryLock(lookingAt: look) == .replaced)
      // Not busy: the first has let go of it.
      #expect(try two.tryLock(lookingAt: look) == .replaced)
      #expect(try FileLock("lock", in: directory).tryLock() == .locked)
    }
  }

  @Test(arguments: ["replaced", "removed"])
  func `says that its path leads elsewhere, even while another keeps the old file's flock`(_ way: String) throws {
    try withScratchDirectory { path in
      let directory = try Directory.open(path)
      let one = try FileLock("lock", in: directory)
      let two = try FileLock("lock", in: directory)
      #expect(try one.tryLock() == .locked)
      if way == "replaced" {
        RawFiles.replace(path + "/lock", with: "")
      } else {
        RawFiles.remove(path + "/lock")
      }
      #expect(try two.tryLock() == .replaced)
    }
  }

  @Test func `is looked up once a try, whether it is free or busy`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let one = try FileLock("lock", in: try Directory.open(path, calls: calls))
      let two = try FileLock("lock", in: try Directory.open(path))
      calls.reset()
      #expect(try one.tryLock() == .locked)
      try one.unlock()
      #expect(calls.log == [.lock, .factsOfName, .unlock])
      #expect(try two.tryLock() == .locked)
      calls.reset()
      #expect(try one.tryLock() == .busy)
      #expect(calls.log == [.lock, .factsOfName])
    }
  }

  @Test func `is let go of when the path cannot be looked at`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let one = try FileLock("lock", in: try Directory.open(path, calls: calls))
      let two = try FileLock("lock", in: try Directory.open(path))
      calls.plan(.every(.factsOfName), .fail(EIO))
      #expect(throws: SystemError.self) { _ = try one.tryLock() }
      #expect(try two.tryLock() == .locked)
    }
  }

  @Test(arguments: Intruder.allCases)
  func `refuses what is no regular file`(_ intruder: Intruder) throws {
    try withScratchDirectory { path in
      intruder.stand(at: path + "/lock")
      let directory = try Directory.open(path)
      #expect(throws: FileError.refused(FileRefusal(path: path + "/lock", reason: intruder.reason))) {
        _ = try FileLock("lock", in: directory)
      }
      #expect(intruder.isUntouched(at: path + "/lock"))
    }
  }
}
