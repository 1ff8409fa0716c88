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

@Suite struct ImportTests {
  static func knowledge(
    remembering: Set<UInt64> = [],
    last: UInt64 = 10,
    previous: [ElementIdentity]? = nil,
    afterPowerLoss: Bool = false
  ) -> Import.Knowledge {
    Import.Knowledge(
      remembers: remembering.contains,
      last: SequenceNumber(last),
      previous: previous.map(Set.init),
      mayHoldLostRecords: afterPowerLoss
    )
  }

  @Test func takesWhatIsNeitherOursNorRemembered() {
    let plan = Import(
      of: [.foreign(1), .own(SequenceNumber(3)), .foreign(2)],
      knowing: Self.knowledge(remembering: [1])
    )
    #expect(plan.items == [Import.Item(place: 2, kind: .foreign)])
    #expect(plan.gap == nil)
  }

  @Test func aSeqBeyondTheTailIsRecoveredOnlyAfterPowerLoss() {
    let content: [ElementIdentity] = [.own(SequenceNumber(11))]
    #expect(Import(of: content, knowing: Self.knowledge()).items.isEmpty)
    #expect(
      Import(of: content, knowing: Self.knowledge(afterPowerLoss: true)).items
        == [Import.Item(place: 0, kind: .recovered)]
    )
  }

  @Test func aFullWindowThatSharesNothingIsAGap() {
    let full = (0..<100).map { ElementIdentity.foreign(UInt64($0)) }
    #expect(Import(of: full, knowing: Self.knowledge(previous: [.foreign(500)])).gap == GapNotice(.windowOverrun))
    #expect(Import(of: full, knowing: Self.knowledge(previous: [.foreign(5)])).gap == nil)
    #expect(Import(of: full, knowing: Self.knowledge(previous: [])).gap == nil, "nothing was there before")
    #expect(Import(of: Array(full.dropLast()), knowing: Self.knowledge(previous: [.foreign(500)])).gap == nil)
  }
}

@Suite struct TimestampTests {
  @Test func riseStrictlyAndPaceTheSenderAtTheLead() {
    var stamps = ProjectedTimestamps()
    let given = (0..<5_001).map { _ in stamps.next(at: 1_000, manner: .alone) }
    #expect(given == (0...5_000).map { .timestamp(1_000 + $0) })
    #expect(stamps.next(at: 1_000, manner: .alone) == .wait(.milliseconds(1)))
    #expect(stamps.next(at: 1_001, manner: .alone) == .timestamp(6_001))
  }

  @Test func leadLessBesideAWriter() {
    var stamps = ProjectedTimestamps(newest: 1_000)
    for _ in 0..<100 { _ = stamps.next(at: 1_000, manner: .besideWriter) }
    #expect(stamps.next(at: 1_000, manner: .besideWriter) == .wait(.milliseconds(1)))
  }

  @Test func goOnRisingAfterTheClockWasSetBack() {
    var stamps = ProjectedTimestamps(newest: 10_000_000)
    #expect(stamps.next(at: 1_000, manner: .alone) == .timestamp(10_000_001))
    #expect(stamps.next(at: 1_000, manner: .alone) == .timestamp(10_000_002))
    #expect(stamps.next(at: 20_000_000, manner: .alone) == .timestamp(20_000_000))
  }

  @Test func neverFallWithoutReaders() {
    var stamps = ProjectedTimestamps(newest: 50)
    #expect(stamps.next(at: 40, manner: .natural) == .timestamp(50))
    #expect(stamps.next(at: 60, manner: .natural) == .timestamp(60))
  }

  @Test func aForeignTimestampOfTheFarFutureIsNotFollowed() {
    var stamps = ProjectedTimestamps(newest: 1_000)
    stamps.saw(1_500, at: 1_000, manner: .alone)
    #expect(stamps.newest == 1_500)
    stamps.saw(.max, at: 1_000, manner: .alone)
    #expect(stamps.newest == 1_500)
    #expect(stamps.next(at: .max, manner: .alone) == .timestamp(.max))
  }
}

@Suite struct PatienceAndTrustTests {
  static func state(_ inode: UInt64 = 1, seconds: Int64 = 100) -> FileState {
    FileState(device: 1, inode: inode, size: 2, seconds: seconds, nanoseconds: 0)
  }

  @Test func anEmptyWindowIsAClearOnceItStaysSo() {
    var patience = WindowPatience()
    let start = Moment(nanoseconds: 5)
    #expect(patience.saw(.blank, state: Self.state(), at: start) == .wait(.milliseconds(20)))
    #expect(
      patience.saw(.blank, state: Self.state(), at: start.advanced(by: .milliseconds(15))) == .wait(.milliseconds(5))
    )
    #expect(patience.saw(.blank, state: Self.state(), at: start.advanced(by: .milliseconds(20))) == .cleared)
  }

  @Test func aTornWindowIsGivenASecondFromItsLastChange() {
    var patience = WindowPatience()
    let start = Moment(nanoseconds: 5)
    #expect(patience.saw(.torn, state: Self.state(), at: start) == .wait(.seconds(1)))
    #expect(patience.saw(.torn, state: Self.state(2), at: start.advanced(by: .milliseconds(900))) == .wait(.seconds(1)))
    #expect(patience.saw(.torn, state: Self.state(2), at: start.advanced(by: .milliseconds(1_900))) == .malformed)
    #expect(patience.saw(.readable, state: Self.state(2), at: start.advanced(by: .milliseconds(1_901))) == .settled)
    #expect(
      patience.saw(.torn, state: Self.state(2), at: start.advanced(by: .milliseconds(1_902))) == .wait(.seconds(1))
    )
  }

  @Test func anothersWindowIsTrustedOnlyWhenItHadSettledBeforeTheLook() {
    let fresh = WallTime(nanoseconds: 100_010_000_000)
    let later = WallTime(nanoseconds: 100_020_000_000)
    #expect(WindowTrust.holds(Self.state(), Self.state(), isOurs: true, readAt: fresh))
    #expect(!WindowTrust.holds(Self.state(), Self.state(), isOurs: false, readAt: fresh))
    #expect(WindowTrust.holds(Self.state(), Self.state(), isOurs: false, readAt: later))
    #expect(!WindowTrust.holds(Self.state(), Self.state(2), isOurs: true, readAt: later))
    #expect(!WindowTrust.holds(Self.state(seconds: .max), Self.state(seconds: .max), isOurs: false, readAt: later))
    #expect(WindowTrust.holds(Self.state(seconds: .min), Self.state(seconds: .min), isOurs: false, readAt: later))
  }
}
