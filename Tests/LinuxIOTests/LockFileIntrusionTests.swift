// The lock among people who may write in the channel and in staging, and mean no good.

import Glibc
import LinuxIO
import TestSupport
import Testing

extension LockBench {
  /// The path of the only file in staging.
  func preparedPath() throws -> String {
    let names = try stagedNames()
    try #require(names.count == 1)
    return path + "/staging/" + names[0]
  }

  func take(_ prepared: PreparedLock) throws -> HeldLock? {
    switch try ours.take(prepared) {
    case .taken(let held): held
    case .exists: nil
    }
  }
}

@Suite("The lock file among intruders", .timeLimit(.minutes(1)))
struct LockFileIntrusionTests {
  @Test func `that is only prepared looks free wherever it is linked to`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      RawFiles.link(try bench.preparedPath(), to: bench.lockPath)
      #expect(try bench.theirs.look()?.isFlockFree == true)
      // Nor does the attempt leave it looking held.
      #expect(try bench.take(prepared) == nil)
      let facts = try #require(try bench.theirs.look())
      #expect(facts.isFlockFree == true)
      #expect(try bench.ours.takeAside(judged: facts.stamp) == .robbed)
      #expect(try bench.take(prepared)?.isOurs() == true)
    }
  }

  @Test func `that was moved away while held, and back, looks free ever after`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      let held = try #require(try bench.take(prepared))
      #expect(RawFiles.rename(bench.lockPath, to: path + "/aside"))
      #expect(try held.release() == false)
      let again = try #require(try bench.take(prepared))
      // Not the same file again: what was carried off would seem held with it.
      let other = LockFile("aside", in: bench.theirs.directory, staging: bench.theirs.staging)
      #expect(try other.look()?.isFlockFree == true)
      #expect(try again.release())
      #expect(RawFiles.rename(path + "/aside", to: bench.lockPath))
      #expect(try bench.theirs.look()?.isFlockFree == true)
    }
  }

  @Test func `that got a third name seems held there for this one time at most`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      RawFiles.link(try bench.preparedPath(), to: path + "/other.lock")
      let other = LockFile("other.lock", in: bench.theirs.directory, staging: bench.theirs.staging)
      #expect(try #require(try bench.take(prepared)).release())
      #expect(try other.look()?.isFlockFree == true)
      let again = try #require(try bench.take(prepared))
      #expect(try other.look()?.isFlockFree == true)
      #expect(try bench.theirs.look()?.isFlockFree == false)
      #expect(try again.release())
    }
  }

  @Test func `keeps its flock when it is tried for again while it is held`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      let held = try #require(try bench.take(prepared))
      #expect(try bench.take(prepared) == nil)
      #expect(try bench.theirs.look()?.isFlockFree == false)
      #expect(try held.release())
      #expect(try bench.take(prepared) != nil)
    }
  }

  @Test func `is never seen without its flock while it is given up`() throws {
    for number in 1...3 {
      try withScratchDirectory { path in
        let bench = try LockBench(path)
        let held = try #require(try bench.take(try bench.prepare()))
        let (seen, theirs) = (Seen(), bench.theirs)
        bench.calls.reset()
        bench.calls.plan(.overall(number), .first { seen.facts = try? theirs.look() })
        #expect(try held.release())
        // The look at it and the removal; before the last, which unlocks, there is nothing to see.
        #expect(seen.facts?.isFlockFree == (number < 3 ? false : nil))
      }
    }
  }

  @Test func `costs three calls to take, one more now and then, and three to give up`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      for turn in 0..<3 {
        bench.calls.reset()
        let held = try #require(try bench.take(prepared))
        #expect(bench.calls.log == [.lock] + (turn == 0 ? [.setModified] : []) + [.link, .facts])
        bench.calls.reset()
        #expect(try held.release())
        #expect(bench.calls.log == [.factsOfName, .unlink, .unlock])
      }
    }
  }

  @Test func `is made of another file when somebody has the flock of the prepared one`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      let name = try #require(try bench.stagedNames().first)
      let intruder = Looker()
      intruder.lock(name, in: bench.theirs.staging.directory)
      let held = try #require(try bench.take(prepared))
      #expect(try bench.theirs.look()?.isFlockFree == false)
      #expect(try bench.stagedNames().contains(name) == false)
      #expect(try held.release())
    }
  }

  @Test(arguments: ["removed", "replaced", "replaced by a link"])
  func `is made of another file when the prepared one is gone from staging`(_ way: String) throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      let staged = try bench.preparedPath()
      RawFiles.remove(staged)
      switch way {
      case "replaced": RawFiles.write("theirs\n", to: staged)
      case "replaced by a link": RawFiles.makeSymlink(staged, to: "/etc/passwd")
      default: break
      }
      let held = try #require(try bench.take(prepared))
      let facts = try #require(try bench.theirs.look())
      #expect(facts.text == LockBench.contents && facts.isFlockFree == false)
      #expect(try held.isOurs())
      #expect(try bench.stagedNames().count == 1)
      #expect(try held.release())
    }
  }

  @Test(arguments: ["removed", "replaced"])
  func `is not had, and leaves nothing, when that happens each time`(_ way: String) throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      let theirs = bench.theirs
      bench.calls.plan(
        .every(.link),
        .first {
          for name in (try? theirs.staging.directory.names()) ?? [] {
            RawFiles.remove(path + "/staging/" + name)
            if way == "replaced" { RawFiles.write("theirs\n", to: path + "/staging/" + name) }
          }
        }
      )
      let error = #expect(throws: SystemError.self) { _ = try bench.ours.take(prepared) }
      #expect(error?.code == (way == "removed" ? ENOENT : EBUSY))
      #expect(try theirs.look() == nil)
      #expect(try bench.stagedNames() == [])
      bench.calls.reset()
      #expect(try bench.take(prepared) != nil)
    }
  }

  @Test(arguments: [FileCall.facts, .factsOfName])
  func `that another took the place of at once is theirs`(_ look: FileCall) throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      let lockPath = bench.lockPath
      bench.calls.reset()
      bench.calls.plan(.nth(1, look), .first { RawFiles.replace(lockPath, with: "1234\n") })
      // So that it is looked at by name as well.
      if look == .factsOfName { bench.calls.plan(.nth(1, .facts), .fail(EIO)) }
      #expect(try bench.take(prepared) == nil)
      #expect(RawFiles.read(lockPath) == "1234\n")
    }
  }

  @Test(arguments: [FileCall.factsOfName, .unlink])
  func `that cannot be removed looks free, and is removed when that works again`(_ call: FileCall) throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      let held = try #require(try bench.take(prepared))
      bench.calls.plan(.every(call), .fail(EIO))
      #expect(throws: SystemError.self) { try held.release() }
      let facts = try #require(try bench.theirs.look())
      #expect(facts.text == LockBench.contents && facts.isFlockFree == true)
      bench.calls.reset()
      #expect(try held.release())
      #expect(try bench.theirs.look() == nil)
      #expect(try bench.take(prepared) != nil)
    }
  }

  @Test func `that cannot be looked at once it was made looks free`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      bench.calls.plan(.every(.facts), .fail(EIO))
      bench.calls.plan(.every(.factsOfName), .fail(EIO))
      #expect(throws: SystemError.self) { _ = try bench.ours.take(prepared) }
      #expect(try bench.theirs.look()?.isFlockFree == true)
    }
  }
}
