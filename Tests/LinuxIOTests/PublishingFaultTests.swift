// Every call of a publication going wrong, one after the other.

import Glibc
import LinuxIO
import TestSupport
import Testing

/// The ways that a publication can take, each with its own calls.
enum PublishingWay: String, CaseIterable, Sendable {
  case exchange, displacing, creating, linking, copying

  var old: String? { self == .creating ? nil : "old" }

  func plan(_ calls: FaultyCalls) {
    switch self {
    case .exchange, .displacing, .creating: break
    case .linking: calls.plan(.every(.exchange), .fail(EINVAL))
    case .copying:
      calls.plan(.every(.exchange), .fail(EINVAL))
      calls.plan(.every(.link), .fail(EPERM))
    }
  }
}

@Suite("Publishing while calls fail", .timeLimit(.minutes(1)))
struct PublishingFaultTests {
  @Test(arguments: PublishingWay.allCases)
  func `leaves the window old or new, staging clean and no descriptor open`(_ way: PublishingWay) throws {
    for code in [EIO, ENOSPC, EMFILE, EINTR] {
      let calls = try Self.failEachCall(of: way, .fail(code))
      // Less would mean that the sweep stopped before it reached the end.
      #expect(calls >= 7)
    }
    _ = try Self.failEachCall(of: way, .short(1))
  }

  @Test(arguments: [1, 2, 3, 7])
  func `goes on after short writes until all is written`(_ most: Int) throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      calls.plan(.every(.gather), .short(most))
      let slices = ["[", "one", "", "two and three", "]"].map { Array($0.utf8)[...] }
      _ = try bench.window.publish(try bench.window.stage(slices, modified: .now()), expecting: nil)
      #expect(RawFiles.read(bench.windowPath) == "[onetwo and three]")
      #expect(calls.count(of: .gather) == (18 + most - 1) / most)
    }
  }

  @Test func `a write that moves nothing is an error and not tried for ever`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      calls.plan(.every(.gather), .short(0))
      for slices in [["new"], ["n", "ew"]] {
        let error = #expect(throws: SystemError.self) {
          _ = try bench.window.stage(slices.map { Array($0.utf8)[...] }, modified: .now())
        }
        #expect(error?.code == EIO && error?.call == "pwritev")
      }
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test func `what cannot be removed is removed with the next`() throws {
    try withScratchDirectory { path in
      let calls = FaultyCalls()
      let bench = try Bench(path, calls: calls)
      let old = try bench.putWindow("old")
      calls.plan(.nth(1, .unlink), .fail(EIO))
      #expect(try bench.publish("new", expecting: old).replacedStamp == old)
      #expect(bench.staging.leftoverCount == 1)
      let next = try bench.stage("next")
      #expect(bench.staging.leftoverCount == 0)
      next.remove()
      #expect(try bench.staging.directory.names() == [])
    }
  }

  /// Publishes again and again, the n-th call going wrong the n-th time; says how many calls there are.
  static func failEachCall(of way: PublishingWay, _ effect: FaultyCalls.Effect) throws -> Int {
    for number in 1...100 {
      let path = try ScratchDirectory.make()
      let made = try publishOnce(way, in: path, number, effect)
      #expect(try RawFiles.openFiles(below: path) == [], "call \(number) of \(way): \(effect)")
      try ScratchDirectory.remove(path)
      if made < number { return made }
    }
    Issue.record("a publication of more than 100 calls")
    return 0
  }

  private static func publishOnce(
    _ way: PublishingWay,
    in path: String,
    _ number: Int,
    _ effect: FaultyCalls.Effect
  ) throws -> Int {
    let calls = FaultyCalls()
    let bench = try Bench(path, calls: calls)
    var known: FileStamp?
    if let old = way.old { known = try bench.putWindow(old) }
    if way == .displacing { RawFiles.replace(bench.windowPath, with: "old") }
    calls.reset()
    way.plan(calls)
    calls.plan(.overall(number), effect)
    var made = 0
    let place: Comment = "call \(number) of \(way): \(effect)"
    do {
      let publication = try bench.publish("new", expecting: known)
      made = calls.log.count
      // From here on nothing fails: what is looked at now is what was left.
      calls.reset()
      publication.displacedFile?.remove()
      #expect(RawFiles.read(bench.windowPath) == "new", place)
      if case .displacing = way { #expect(publication.displacedFile != nil, place) }
    } catch {
      made = calls.log.count
      calls.reset()
      #expect(RawFiles.read(bench.windowPath) == way.old, place)
    }
    #expect(try bench.stagedNames() == [], place)
    return made
  }
}
