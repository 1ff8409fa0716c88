import Glibc
import LinuxIO
import Synchronization
import TestSupport
import Testing

@testable import Transom

/// Threads for what may wait.
@Suite(.timeLimit(.minutes(2))) struct HelperThreadsTests {
  private final class Counts: Sendable {
    let now = Atomic(0)
    let most = Atomic(0)
  }

  @Test func atMostFourWorkAtOnceAndAllIsDone() async throws {
    let helpers = HelperThreads()
    let counts = Counts()
    let results = try await withThrowingTaskGroup { group in
      for number in 0..<100 {
        group.addTask {
          try await helpers.run {
            let running = counts.now.add(1, ordering: .sequentiallyConsistent).newValue
            counts.most.max(running, ordering: .sequentiallyConsistent)
            // Gives the others a chance to be there at the same time.
            KernelClock.pause(.microseconds(100))
            counts.now.subtract(1, ordering: .sequentiallyConsistent)
            return number
          }
        }
      }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(results == Set(0..<100))
    #expect((1...4).contains(counts.most.load(ordering: .sequentiallyConsistent)))
    #expect(helpers.threadCount <= 4)
  }

  @Test func whatAllFourWaitForIsDoneByNoneOfThem() async throws {
    let helpers = HelperThreads()
    let gate = Gate()
    let counts = Counts()
    try await withThrowingTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          try await helpers.run {
            if counts.now.add(1, ordering: .sequentiallyConsistent).newValue == 4 { gate.open(forAll: true) }
            gate.wait(while: 0, until: KernelClock.sinceBoot() + 20_000_000_000)
          }
        }
      }
      try await group.waitForAll()
    }
    // They were all four there at once, or the gate was never opened.
    #expect(gate.value == 1)
  }

  @Test func anErrorOfTheBodyIsTheCallers() async {
    struct Oops: Error {}
    await #expect(throws: Oops.self) { try await HelperThreads.shared.run { throw Oops() } }
  }

  @Test func idleThreadsEndAndAreStartedAgain() async throws {
    let helpers = HelperThreads(idleFor: .milliseconds(1))
    for round in 1...20 {
      #expect(try await helpers.run { round } == round)
      let deadline = KernelClock.sinceBoot() + 20_000_000_000
      while helpers.threadCount > 0, KernelClock.sinceBoot() < deadline { await Task.yield() }
      #expect(helpers.threadCount == 0)
    }
  }

  @Test func everybodyIsToldWhenNoThreadCanBeStarted() async {
    let counts = Counts()
    let gate = Gate()
    let helpers = HelperThreads(starting: { _, _ throws(SystemError) in
      // Each counts on the other one's thread.
      if counts.now.add(1, ordering: .sequentiallyConsistent).newValue == 2 { gate.open(forAll: true) }
      gate.wait(while: 0, until: KernelClock.sinceBoot() + 20_000_000_000)
      throw SystemError("pthread_create", code: EAGAIN)
    })
    await withTaskGroup { group in
      for _ in 0..<2 {
        group.addTask {
          let error = await #expect(throws: ChannelError.self) { try await helpers.run {} }
          #expect(error?.code == .system)
        }
      }
    }
    #expect(helpers.threadCount == 0)
  }
}
