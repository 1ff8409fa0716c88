// Publishing where the file system has no exchange, or not even links.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("Publishing without exchange", .timeLimit(.minutes(1)))
struct AtomicFileFallbackTests {
  static let refusals = [EINVAL, ENOSYS, EOPNOTSUPP]
  static let linkRefusals = [EPERM, EOPNOTSUPP, ENOSYS, EMLINK]

  @Test(arguments: refusals)
  func `puts the window aside by a link, then renames over it`(_ code: Int32) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      calls.plan(.every(.exchange), .fail(code))
      #expect(try bench.publish("new", expecting: old).replacedStamp == old)
      #expect(RawFiles.read(bench.windowPath) == "new")
      #expect(calls.count(of: .link) == 1 && calls.count(of: .rename) == 1)
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test(arguments: linkRefusals)
  func `copies the window aside where links are forbidden`(_ code: Int32) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      calls.plan(.every(.exchange), .fail(EINVAL))
      calls.plan(.every(.link), .fail(code))
      #expect(try bench.publish("new", expecting: old).replacedStamp == old)
      #expect(RawFiles.read(bench.windowPath) == "new")
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test(arguments: [false, true])
  func `somebody else's window is still found and kept`(_ linksFail: Bool) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      calls.plan(.every(.exchange), .fail(EINVAL))
      if linksFail { calls.plan(.every(.link), .fail(EPERM)) }
      let windowPath = bench.windowPath
      RawFiles.replace(windowPath, with: "stolen")
      let displaced = try #require(try bench.publish("ours", expecting: old).displacedFile)
      #expect(try displaced.text() == "stolen")
      #expect(displaced.isCopy == linksFail)
      #expect(RawFiles.read(windowPath) == "ours")
      displaced.remove()
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `a thief between putting aside and the second look is caught`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      let windowPath = bench.windowPath
      calls.reset()
      calls.plan(.every(.exchange), .fail(EINVAL))
      // Looks at names: the window, what was linked aside, the window again.
      calls.plan(.nth(3, .factsOfName), .first { RawFiles.replace(windowPath, with: "stolen") })
      let displaced = try #require(try bench.publish("ours", expecting: old).displacedFile)
      #expect(try displaced.text() == "stolen")
      #expect(RawFiles.read(windowPath) == "ours")
      displaced.remove()
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test(arguments: refusals)
  func `creates a missing window by a link where a rename cannot spare what is there`(_ code: Int32) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      calls.plan(.every(.renameToFree), .fail(code))
      #expect(try bench.publish("new", expecting: nil).isCreated)
      #expect(RawFiles.read(bench.windowPath) == "new")
      #expect(try bench.directory.facts(of: "window.json")?.links == 1)
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `creates a missing window by a plain rename where nothing else works`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      calls.plan(.every(.renameToFree), .fail(EINVAL))
      calls.plan(.every(.link), .fail(EPERM))
      #expect(try bench.publish("new", expecting: nil).isCreated)
      #expect(RawFiles.read(bench.windowPath) == "new")
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `a window over the limit is not copied and not replaced`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("far too long")
      let window = AtomicFile("window.json", in: bench.directory, staging: bench.staging, limit: 5)
      calls.plan(.every(.exchange), .fail(EINVAL))
      calls.plan(.every(.link), .fail(EPERM))
      let staged = try bench.stage("new")
      #expect(
        throws: FileError.refused(
          FileRefusal(path: bench.windowPath, reason: .tooLarge(12, limit: 5))
        )
      ) {
        _ = try window.publish(staged, expecting: old)
      }
      #expect(RawFiles.read(bench.windowPath) == "far too long")
      #expect(try bench.stagedNames() == [])
    }
  }
}
