import TestSupport
import Testing

@testable import ChannelModel

@Suite struct ProjectionTests {
  static func entries(_ range: ClosedRange<UInt64>, size: Int = 10, age: (UInt64) -> Duration = { _ in .zero })
    -> [Projection.Entry]
  {
    range.map {
      Projection.Entry(
        number: SequenceNumber($0),
        identity: .own(SequenceNumber($0)),
        byteCount: size,
        appended: WallTime(nanoseconds: now.nanoseconds - age($0).wholeNanoseconds)
      )
    }
  }

  static let now = Golden.time

  static func plan(
    _ journal: [Projection.Entry],
    above floor: UInt64 = 0,
    into content: [UInt64] = [],
    rules: Projection.Rules = .init()
  ) -> Projection {
    Projection(
      of: journal,
      above: SequenceNumber(floor),
      into: content.map { .own(SequenceNumber($0)) },
      rules: rules,
      now: now
    )
  }

  @Test func theNewestHundredStayAndTheRestLeave() {
    let plan = Self.plan(Self.entries(1...150), into: Array(1...100))
    #expect(plan.kept == Array(50..<100))
    #expect(plan.added.map(\.rawValue) == Array(101...150))
    #expect(plan.through == SequenceNumber(150))
  }

  @Test func nothingAtOrBelowTheFloorReturns() {
    let plan = Self.plan(Self.entries(1...10), above: 7)
    #expect(plan.added.map(\.rawValue) == [8, 9, 10])
  }

  @Test func whatAStaleCopyDroppedIsPutBack() {
    let plan = Self.plan(Self.entries(1...6), into: [1, 2, 6])
    #expect(plan.kept == [0, 1, 2])
    #expect(plan.added.map(\.rawValue) == [3, 4, 5])
  }

  @Test func whatIsNoMessageLeaves() {
    let plan = Projection(
      of: Self.entries(1...2),
      above: .none,
      into: [nil, .own(SequenceNumber(1)), nil],
      rules: .init(),
      now: Self.now
    )
    #expect(plan.kept == [1])
    #expect(plan.added.map(\.rawValue) == [2])
  }

  @Test func elementsThatTheJournalDoesNotOweLeave() {
    let journal = Self.entries(1...2)
    let plan = Projection(
      of: journal,
      above: .none,
      into: [.own(SequenceNumber(1)), .foreign(9), .own(SequenceNumber(1))],
      rules: .init(),
      now: Self.now
    )
    #expect(plan.kept == [0])
    #expect(plan.added.map(\.rawValue) == [2])
  }

  @Test func graceKeepsTheYoungBeyondTheHundred() {
    let journal = Self.entries(1...300) { $0 <= 120 ? .seconds(3) : .seconds(1) }
    var rules = Projection.Rules(grace: .seconds(2))
    #expect(Self.plan(journal, rules: rules).added.map(\.rawValue) == Array(121...300))
    rules.graceByteCount = 1_500
    #expect(Self.plan(journal, rules: rules).added.map(\.rawValue) == Array(151...300))
    rules.grace = nil
    #expect(Self.plan(journal, rules: rules).added.count == 100)
  }

  @Test func noWindowGrowsBeyondOurReadingLimitButTheNewestIsAlwaysIn() {
    var rules = Projection.Rules()
    rules.byteCount = 35
    #expect(Self.plan(Self.entries(1...9), rules: rules).added.map(\.rawValue) == [7, 8, 9])
    rules.byteCount = 1
    #expect(Self.plan(Self.entries(1...9), rules: rules).added.map(\.rawValue) == [9])
  }

  @Test func aPlanThatChangesNothingSaysSo() {
    let journal = Self.entries(1...3)
    #expect(Self.plan(journal, into: [1, 2, 3]).changesNothing(in: [1, 2, 3].map { .own(SequenceNumber($0)) }))
    #expect(!Self.plan(journal, into: [1, 2]).changesNothing(in: [1, 2].map { .own(SequenceNumber($0)) }))
  }
}
