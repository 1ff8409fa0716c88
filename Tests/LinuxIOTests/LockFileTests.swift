// The 1.0 lock: how it appears, what it tells, and how it is taken away.

import Glibc
import LinuxIO
import TestSupport
import Testing

/// Two parties at one lock, the first of them working through calls that a test can meddle with.
struct LockBench {
  static let contents = "4711\ntransom 1 boot 4026531836 12345 token\n"

  let path: String
  let calls = FaultyCalls()
  let ours: LockFile
  let theirs: LockFile

  init(_ path: String) throws {
    self.path = path
    let bench = try Bench(path, calls: calls)
    ours = LockFile("window.lock", in: bench.directory, staging: bench.staging)
    let other = try Bench(path)
    theirs = LockFile("window.lock", in: other.directory, staging: other.staging)
  }

  var lockPath: String { path + "/window.lock" }

  func prepare() throws -> PreparedLock { try ours.prepare(contents: Array(Self.contents.utf8)) }

  func take() throws -> HeldLock? {
    switch try ours.take(try prepare()) {
    case .taken(let held): held
    case .exists: nil
    }
  }

  func stagedNames() throws -> [String] { try theirs.staging.directory.names() }
}

extension LockFile.Facts {
  var text: String? { contents.map { String(decoding: $0, as: UTF8.self) } }
}

@Suite("The lock file", .timeLimit(.minutes(1)))
struct LockFileTests {
  @Test func `is never seen half made, at whichever call one looks`() throws {
    var sawNone = 0
    for number in 1...100 {
      let callCount = try withScratchDirectory { path in
        let bench = try LockBench(path)
        let theirs = bench.theirs
        let start = FileTime.now()
        bench.calls.reset()
        let seen = Seen()
        bench.calls.plan(.overall(number), .first { seen.facts = try? theirs.look() })
        let held = try #require(try bench.take())
        let callCount = bench.calls.log.count
        if let facts = seen.facts {
          #expect(facts.text == LockBench.contents)
          #expect(facts.isFlockFree == false)
          // The file system's clock runs by ticks.
          #expect(facts.stamp.modified.seconds >= start.seconds - 1)
        } else {
          sawNone += 1
        }
        #expect(try theirs.look()?.text == LockBench.contents)
        try held.release()
        return callCount
      }
      if callCount < number { break }
    }
    // Make, flock, write, and the call that makes it appear: before each there was nothing to see.
    #expect(sawNone > 4)
  }

  @Test func `can be taken again and again, its time never old`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      for _ in 0..<3 {
        // As if it had been made long ago.
        RawFiles.makeOld(path + "/staging/" + (try #require(try bench.stagedNames().first)))
        guard case .taken(let held) = try bench.ours.take(prepared) else {
          Issue.record("a free lock was not taken")
          return
        }
        let facts = try #require(try bench.theirs.look())
        #expect(facts.stamp.modified.seconds > 1_000_000_000)
        #expect(facts.isFlockFree == false)
        guard case .exists = try bench.ours.take(prepared) else {
          Issue.record("a lock that was held was taken")
          return
        }
        #expect(try held.release())
        #expect(try bench.theirs.look() == nil)
      }
    }
  }

  @Test func `of a 1.0 peer shows its contents and a free flock`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      RawFiles.write("1234\n", to: bench.lockPath)
      #expect(try bench.take() == nil)
      let facts = try #require(try bench.ours.look())
      #expect(facts.kind == .regular && facts.text == "1234\n" && facts.isFlockFree == true)
      #expect(try bench.ours.directory.facts(of: "window.lock")?.stamp == facts.stamp)
    }
  }

  @Test func `looks free to two who look at the same time`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      RawFiles.write("1234\n", to: bench.lockPath)
      let (seen, theirs) = (Seen(), bench.theirs)
      // Ours has the flock in hand, just to see that it can be had.
      bench.calls.plan(.nth(1, .unlock), .first { seen.facts = try? theirs.look() })
      #expect(try bench.ours.look()?.isFlockFree == true)
      #expect(seen.facts?.isFlockFree == true)
    }
  }

  @Test func `of a holder that was killed has a free flock`() async throws {
    try await withScratchDirectory { path in
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let bench = try LockBench(path)
        let held = try bench.take()
        #expect(held != nil)
        #expect(try bench.theirs.look()?.isFlockFree == false)
        kill(getpid(), SIGKILL)
      }
      let bench = try LockBench(path)
      let facts = try #require(try bench.ours.look())
      #expect(facts.text == LockBench.contents && facts.isFlockFree == true)
      #expect(try bench.ours.takeAside(judged: facts.stamp) == .robbed)
      #expect(try bench.take() != nil)
    }
  }

  @Test func `tells no more of what is in it than it is asked for`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      RawFiles.write(String(repeating: "9", count: 100_000), to: bench.lockPath)
      let facts = try #require(try bench.ours.look(limit: 100))
      #expect(facts.contents?.count == 100 && facts.stamp.size == 100_000)
    }
  }

  @Test(arguments: Intruder.allCases)
  func `is looked at whatever it is, and goes when judged`(_ intruder: Intruder) throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      intruder.stand(at: bench.lockPath)
      #expect(try bench.take() == nil)
      let facts = try #require(try bench.ours.look())
      #expect(facts.kind == intruder.kind && facts.contents == nil && facts.isFlockFree == nil)
      #expect(try bench.ours.takeAside(judged: facts.stamp) == .robbed)
      #expect(try bench.ours.look() == nil && intruder.isUntouched(at: bench.lockPath))
      #expect(try bench.stagedNames() == [])
    }
  }

  @Test(arguments: AtomicFileFallbackTests.linkRefusals)
  func `is made in place where links fail, and flocked before it says whose it is`(_ code: Int32) throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      bench.calls.plan(.every(.link), .fail(code))
      let theirs = bench.theirs
      let seen = Seen()
      bench.calls.plan(.nth(2, .write), .first { seen.facts = try? theirs.look() })
      guard case .taken(let held) = try bench.ours.take(prepared) else {
        Issue.record("a free lock was not taken")
        return
      }
      #expect(seen.facts?.text == "" && seen.facts?.isFlockFree == false)
      let facts = try #require(try theirs.look())
      #expect(facts.text == LockBench.contents && facts.isFlockFree == false)
      guard case .exists = try bench.ours.take(prepared) else {
        Issue.record("a lock that was held was taken")
        return
      }
      #expect(try held.release())
      #expect(try theirs.look() == nil)
    }
  }

  @Test func `made in place is given up when somebody's look holds its flock`() throws {
    try withScratchDirectory { path in
      let bench = try LockBench(path)
      let prepared = try bench.prepare()
      bench.calls.plan(.every(.link), .fail(EPERM))
      let directory = bench.theirs.directory
      let looker = Looker()
      bench.calls.plan(.nth(2, .lock), .first { looker.lock("window.lock", in: directory) })
      guard case .exists = try bench.ours.take(prepared) else {
        Issue.record("a lock without its flock was taken")
        return
      }
      #expect(try bench.theirs.look() == nil)
    }
  }
}

/// What a look in the middle of another's call has found.
final class Seen: @unchecked Sendable {
  // Set and read on one thread: the effects of FaultyCalls run where the call is made.
  var facts: LockFile.Facts?
}

/// Somebody who is just looking whether a flock is free.
final class Looker: @unchecked Sendable {
  // Set and read on one thread: the effects of FaultyCalls run where the call is made.
  private var file: [FileLock] = []

  func lock(_ name: String, in directory: Directory) {
    guard let lock = try? FileLock(name, in: directory) else { return }
    _ = try? lock.tryLock()
    file.append(lock)
  }
}
