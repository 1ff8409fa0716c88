import ChannelModel
import LinuxIO
import TestSupport
import Testing
import Transom

@testable import ChannelLedger

@Suite(.timeLimit(.minutes(2))) struct TracesTests {
  private func withScene(_ body: (LedgerScene) throws -> Void) throws {
    try withScratchDirectory { try body(LedgerScene($0)) }
  }

  private func step(_ kind: TraceStep.Kind, _ detail: String, _ scene: LedgerScene) -> TraceStep {
    TraceStep(kind, at: scene.now, channel: "/tmp/ü", detail: detail)
  }

  @Test func theStepsOfAMessageComeInTheirOrderWrittenOrNot() throws {
    try withScene { scene in
      var expected: [TraceStep] = []
      do {
        let ledger = try scene.open()
        for kind in TraceStep.Kind.allCases {
          let next = step(kind, "☂ \u{0} \(kind)", scene)
          expected.append(next)
          ledger.traces.note(next, of: "a\u{0}")
          ledger.traces.note(next, of: "a")
          scene.pass(.nanoseconds(1))
          if kind == .answered { _ = try ledger.tend(now: scene.now) }
          #expect(try ledger.traces.steps(of: "a\u{0}") == expected)
        }
        #expect(try ledger.traces.steps(of: "b").isEmpty)
        #expect(ledger.traces.waitingCount > 0)
        _ = try ledger.tend(now: scene.now)
        #expect(ledger.traces.waitingCount == 0)
      }
      #expect(try scene.open().traces.steps(of: "a\u{0}") == expected)
    }
  }

  @Test func manyThatWaitAreWrittenWithTheTurn() throws {
    try withScene { scene in
      let ledger = try scene.open()
      for _ in 1..<Traces.batch { ledger.traces.note(step(.arrived, "", scene), of: "a") }
      try ledger.commit()
      #expect(ledger.traces.waitingCount == Traces.batch - 1)
      ledger.traces.note(step(.arrived, "", scene), of: "a")
      try ledger.commit()
      #expect(ledger.traces.waitingCount == 0)
      #expect(try ledger.traces.steps(of: "a").count == Traces.batch)
    }
  }

  @Test func theOldestOfThoseThatWaitAreLostAndTold() throws {
    try withScene { scene in
      scene.options.waitingStepLimit = 100
      let ledger = try scene.open()
      for number in 0..<250 { ledger.traces.note(step(.arrived, "\(number)", scene), of: "a") }
      #expect(ledger.traces.waitingCount == 100)
      #expect(try ledger.traces.steps(of: "a").map(\.detail) == (150..<250).map { "\($0)" })
      _ = try ledger.tend(now: scene.now)
      #expect(try ledger.traces.steps(of: "a").map(\.detail) == (150..<250).map { "\($0)" })
      #expect(scene.notices == [.stepsLost(150)])
      // Under load each second loses some: no line a second.
      func note(_ count: Int) throws {
        for number in 0..<count { ledger.traces.note(step(.arrived, "\(number)", scene), of: "a") }
        _ = try ledger.tend(now: scene.now)
      }
      for _ in 0..<2 { try note(200) }
      #expect(scene.notices == [.stepsLost(150), .stepsLost(350)])
      // Then it takes all for a while: what is lost later is said anew.
      try note(1)
      try note(110)
      #expect(scene.notices.last == .stepsLost(10))
    }
  }

  @Test func theOldestGoBeyondTheLimit() throws {
    try withScene { scene in
      scene.options.stepLimit = 1_000
      let ledger = try scene.open()
      for number in 0..<3_000 {
        ledger.traces.note(step(.arrived, "\(number)", scene), of: "\(number % 3)")
        try ledger.commit()
      }
      _ = try ledger.tend(now: scene.now)
      let steps = try (0..<3).flatMap { try ledger.traces.steps(of: "\($0)") }
      #expect(steps.map(\.detail).sorted() == (2_000..<3_000).map { "\($0)" })
    }
  }

  @Test func stepsThatTheDatabaseDoesNotTakeWait() throws {
    try withScene { scene in
      let ledger = try scene.open()
      let pages = try ledger.database.statement("PRAGMA page_count")
      let limit = try pages.next() ? pages.integer(0) : 0
      pages.reset()
      try ledger.database.statement("PRAGMA max_page_count = \(limit)").run()
      for _ in 0..<1_000 { ledger.traces.note(step(.arrived, String(repeating: "x", count: 100), scene), of: "a") }
      // A turn has nothing to do with it.
      try ledger.commit()
      #expect(throws: ChannelError.self) { _ = try ledger.tend(now: scene.now) }
      #expect(try ledger.traces.steps(of: "a").count == 1_000)
      try ledger.database.statement("PRAGMA max_page_count = 1000000").run()
      _ = try ledger.tend(now: scene.now)
      #expect(ledger.traces.waitingCount == 0)
      #expect(try ledger.traces.steps(of: "a").count == 1_000)
    }
  }
}
