// What stands in a window's place and is no window.

import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("Intruders in the window's place", .timeLimit(.minutes(1)))
struct IntruderTests {
  @Test(arguments: Intruder.allCases)
  func `is refused by name, and nothing is followed`(_ intruder: Intruder) throws {
    try withScratchDirectory { path in
      let bench = try Bench(path)
      intruder.stand(at: bench.windowPath)
      let refusal = FileError.refused(FileRefusal(path: bench.windowPath, reason: intruder.reason))
      #expect(throws: refusal) { _ = try bench.publish("new", expecting: nil) }
      #expect(try bench.directory.facts(of: "window.json")?.kind == intruder.kind)
      #expect(intruder.isUntouched(at: bench.windowPath))
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test(arguments: Intruder.allCases, [false, true])
  func `that appears after the look is put aside, told, and not opened`(_ intruder: Intruder, _ byLink: Bool) throws {
    // A directory cannot be linked and is not copied: the plain way refuses it.
    if byLink, intruder == .directory { return }
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      let windowPath = bench.windowPath
      let plant: @Sendable () -> Void = {
        RawFiles.remove(windowPath)
        intruder.stand(at: windowPath)
      }
      if byLink {
        calls.plan(.every(.exchange), .fail(EINVAL))
        calls.plan(.nth(1, .link), .first(plant))
      } else {
        calls.plan(.nth(1, .exchange), .first(plant))
      }
      let displaced = try #require(try bench.publish("ours", expecting: old).displacedFile)
      #expect(displaced.facts?.kind == intruder.kind)
      #expect(RawFiles.read(windowPath) == "ours")
      #expect(intruder.isUntouched(at: windowPath))
      let refusal = FileError.refused(FileRefusal(path: displaced.path, reason: intruder.reason))
      #expect(throws: refusal) { _ = try displaced.open(limit: 100) }
      #expect(try bench.stagedNames() == [displaced.name])
      displaced.remove()
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `a directory that appears where only links are left is refused`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      let windowPath = bench.windowPath
      calls.plan(.every(.exchange), .fail(EINVAL))
      calls.plan(
        .nth(1, .link),
        .first {
          RawFiles.remove(windowPath)
          RawFiles.makeDirectory(windowPath)
        }
      )
      let refusal = FileError.refused(FileRefusal(path: windowPath, reason: .directory))
      #expect(throws: refusal) { _ = try bench.publish("ours", expecting: old) }
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
  func `a stranger's file is refused, naming the stranger`() throws {
    try withScratchDirectory { path in
      let bench = try Bench(path)
      let old = try bench.putWindow("old")
      RawFiles.setOwner(bench.windowPath, user: 12_345, group: 12_345)
      let refusal = FileError.refused(FileRefusal(path: bench.windowPath, reason: .strangerOwner(12_345)))
      #expect(throws: refusal) { _ = try bench.publish("new", expecting: old) }
      #expect(RawFiles.read(bench.windowPath) == "old")
    }
  }
}
