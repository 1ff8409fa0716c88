// Taking a lock away from who does not hold it any more, and from nobody else.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("Taking a lock away", .timeLimit(.minutes(1)))
struct LockFileTheftTests {
  @Test func `removes the one that was judged`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      RawFiles.write("1234\n", to: bench.lockPath)
      let judged = try #require(try bench.ours.look()).stamp
      #expect(try bench.ours.takeAside(judged: judged) == .robbed)
      #expect(try bench.ours.look() == nil)
      #expect(try bench.stagedNames() == [])
      #expect(try bench.ours.takeAside(judged: judged) == .gone)
    }
  }

  @Test(arguments: ["by rename", "by link"])
  func `puts back another one`(_ way: String) throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      RawFiles.write("1234\n", to: bench.lockPath)
      let judged = try #require(try bench.ours.look()).stamp
      if way == "by link" { bench.calls.plan(.every(.renameToFree), .fail(EINVAL)) }
      RawFiles.remove(bench.lockPath)
      let theirs = bench.theirs
      guard case .taken(let held) = try theirs.take(try theirs.prepare(contents: Array("theirs\n".utf8))) else {
        Issue.record("a free lock was not taken")
        return
      }
      #expect(try bench.ours.takeAside(judged: judged) == .notTheOneJudged(restored: true))
      #expect(try bench.ours.look()?.text == "theirs\n")
      #expect(try held.isOurs())
      #expect(try held.release())
    }
  }

  @Test func `puts back one that was refreshed since it was judged`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let held = try #require(try bench.take())
      RawFiles.makeOld(bench.lockPath)
      let judged = try #require(try bench.theirs.look()).stamp
      try held.refresh()
      #expect(try bench.theirs.takeAside(judged: judged) == .notTheOneJudged(restored: true))
      #expect(try held.isOurs())
    }
  }

  @Test(arguments: ["by rename", "by link"])
  func `says so when another took the place before it could be put back`(_ way: String) throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let held = try #require(try bench.take())
      let judged = FileStamp(device: 0, inode: 0, size: 0, modified: .now())
      let lockPath = bench.lockPath
      if way == "by link" {
        bench.calls.plan(.every(.renameToFree), .fail(EINVAL))
        bench.calls.plan(.nth(2, .link), .first { RawFiles.write("third\n", to: lockPath) })
      } else {
        bench.calls.plan(.nth(1, .renameToFree), .first { RawFiles.write("third\n", to: lockPath) })
      }
      #expect(try bench.ours.takeAside(judged: judged) == .notTheOneJudged(restored: false))
      #expect(try held.isOurs() == false)
      #expect(try held.release() == false)
      #expect(RawFiles.read(lockPath) == "third\n")
    }
  }

  @Test func `puts it back when it cannot be looked at`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      RawFiles.write("1234\n", to: bench.lockPath)
      let judged = try #require(try bench.ours.look()).stamp
      bench.calls.reset()
      bench.calls.plan(.nth(1, .factsOfName), .fail(EIO))
      #expect(throws: SystemError.self) { _ = try bench.ours.takeAside(judged: judged) }
      #expect(RawFiles.read(bench.lockPath) == "1234\n")
    }
  }

  @Test func `a release leaves somebody else's lock alone, once and for all`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let held = try #require(try bench.take())
      let judged = try #require(try bench.theirs.look()).stamp
      #expect(try bench.theirs.takeAside(judged: judged) == .robbed)
      RawFiles.write("1234\n", to: bench.lockPath)
      #expect(try held.release() == false)
      #expect(RawFiles.read(bench.lockPath) == "1234\n")
      RawFiles.remove(bench.lockPath)
      let again = try #require(try bench.take())
      #expect(try held.release() == false)
      #expect(try again.isOurs())
    }
  }

  @Test func `a lock that is let go of is released, and staging with it`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      var held = try bench.take()
      #expect(held != nil)
      held = nil
      #expect(try bench.theirs.look() == nil)
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `each failing call leaves no lock of ours and nothing in staging`() throws {
    var number = 1
    while number < 100 {
      let path = try ScratchDirectory.make()
      let made = try takeOnce(in: path, failing: number)
      #expect(try RawFiles.openFiles(below: path) == [], "call \(number)")
      try ScratchDirectory.remove(path)
      if made < number { break }
      number += 1
    }
    #expect(number > 6 && number < 100)
  }

  private func takeOnce(in path: String, failing number: Int) throws -> Int {
    let bench = try LockBench(path)
    bench.calls.reset()
    bench.calls.plan(.overall(number), .fail(EIO))
    do {
      let held = try bench.take()
      #expect(try bench.theirs.look()?.text == LockBench.contents)
      let made = bench.calls.log.count
      bench.calls.reset()
      try held?.release()
      return made
    } catch {
      bench.calls.reset()
      bench.ours.staging.removeLeftovers()
      #expect(try bench.theirs.look() == nil)
      #expect(try bench.stagedNames() == [], "call \(number)")
      return number
    }
  }
}
