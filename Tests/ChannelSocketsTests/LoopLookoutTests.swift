import ChannelSockets
import LinuxIO
import TestSupport
import Testing

/// When a loop has that done which its lookout put off.
@Suite("What a lookout puts off", .timeLimit(.minutes(1))) struct LoopLookoutTests {
  /// Puts something off whenever it is told to, and counts how often it is asked to do it.
  private final class Procrastinator: LoopLookout {
    private let notebook: Notebook<Bool>
    private let isReluctant: Bool
    private var isPutOff = false
    /// Told when it has done it.
    var onDone: () -> Void = {}

    /// A reluctant one does it only when there is nothing else to do.
    init(_ notebook: Notebook<Bool>, isReluctant: Bool) {
      self.notebook = notebook
      self.isReluctant = isReluctant
    }

    func putOff() { isPutOff = true }

    func glance() -> Bool { false }

    func settle(isIdle: Bool) -> Bool {
      guard isPutOff else { return false }
      notebook.write(isIdle)
      if isReluctant, !isIdle { return true }
      isPutOff = false
      onDone()
      return false
    }
  }

  /// Leaves something to be run again and again, so many times.
  private static func keepBusy(_ loop: Loop, rounds: Int, then done: @escaping @Sendable () -> Void) {
    loop.perform { rounds == 0 ? done() : keepBusy(loop, rounds: rounds - 1, then: done) }
  }

  /// What the lookout was asked: whether there was nothing else to do, each time.
  private static func asked(isReluctant: Bool, busyFor rounds: Int) async throws -> [Bool] {
    let notebook = Notebook<Bool>()
    try await withLoop { loop in
      let lodger = Lodger(loop)
      let passed = Latch()
      await lodger.run { lodger in
        let lookout = Procrastinator(notebook, isReluctant: isReluctant)
        lodger.loop.look(with: lookout)
        lookout.putOff()
        // It holds the lookout until the loop has slept.
        let timer = LoopTimer(on: lodger.loop) { withExtendedLifetime(lookout) { passed.open() } }
        lodger.timers.append(timer)
        keepBusy(lodger.loop, rounds: rounds) {
          lodger.assumeIsolated { $0.timers[0].set(after: .milliseconds(5)) }
        }
      }
      await passed.passed()
      await lodger.moveOut()
    }
    return notebook.lines
  }

  @Test func isDoneBeforeTheLoopSleeps() async throws {
    let asked = try await Self.asked(isReluctant: true, busyFor: 0)
    #expect(asked.last == true)
    #expect(asked.filter(\.self).count == 1)
  }

  @Test func isDoneBeforeEachSleepThoughLookingOnWasVain() async throws {
    let notebook = Notebook<Bool>()
    let times = 20
    try await withLoop { loop in
      let lodger = Lodger(loop)
      let passed = Latch()
      let count = Count()
      await lodger.run { lodger in
        let lookout = Procrastinator(notebook, isReluctant: true)
        lodger.loop.look(with: lookout)
        let timer = LoopTimer(on: lodger.loop) {
          if count.add(1) > times { return passed.open() }
          lookout.putOff()
        }
        lookout.onDone = { timer.set(after: .milliseconds(2)) }
        timer.set(after: .milliseconds(2))
        lodger.timers.append(timer)
      }
      await passed.passed()
      await lodger.moveOut()
    }
    let asked = notebook.lines
    #expect(asked.filter(\.self).count == times)
    // Something else might come at once: so never in the round in which it was put off.
    #expect(asked.first == false)
    #expect(zip(asked, asked.dropFirst()).allSatisfy { !($0 && $1) })
  }

  @Test func mayBeDoneWhileTheLoopIsBusy() async throws {
    let asked = try await Self.asked(isReluctant: false, busyFor: 10 * 256)
    #expect(asked == [false])
  }

  @Test func isAskedForInEachRoundWhileTheLoopIsBusy() async throws {
    let asked = try await Self.asked(isReluctant: true, busyFor: 10 * 256)
    #expect(asked.filter { !$0 }.count >= 4)
    #expect(asked.last == true)
  }
}
