import TestSupport
import Testing

@testable import ChannelModel

@Suite struct JournalTailTests {
  static let header = SegmentRepairTests.header
  static let now = SegmentRepairTests.now

  @Test func aFullSegmentIsFollowedByTheNextAndSealed() throws {
    var now = Self.now
    now.segmentLimit = 200
    let first = try JournalTail(beginning: Self.header).plan([.message(Array(repeating: 65, count: 80))], under: now)
    #expect(first.steps.count == 1)
    let second = try first.tail.plan([.message(Array(repeating: 66, count: 80))], under: now)
    guard second.steps.count == 3, case .begin(let next) = second.steps[0], case .seal = second.steps[1],
      case .append(_, at: SegmentHeader.byteCount) = second.steps[2]
    else {
      Issue.record("\(second.steps)")
      return
    }
    #expect(next.first == SequenceNumber(2))
    #expect(second.numbers == SequenceNumber(2)...SequenceNumber(2))
  }

  @Test func aBatchLongerThanASegmentGetsOneOfItsOwn() throws {
    var now = Self.now
    now.segmentLimit = 200
    let plan = try JournalTail(beginning: Self.header).plan([.message(Array(repeating: 65, count: 1_000))], under: now)
    #expect(plan.steps.count == 1, "an empty segment takes any batch")
    let next = try plan.tail.plan([.message([66])], under: now)
    #expect(next.steps.count == 3, "and nothing more")
  }

  @Test func underAnotherBootASegmentBeginsWithAGapBehindAllThatIsRemembered() throws {
    let tail = try JournalTail(reading: SegmentRepairTests.segment([2]).bytes)
    var now = Self.now
    now.boot = UniqueID(high: 1, low: 2)
    now.remembered = SequenceNumber(9)
    let plan = try tail.plan([.message([65])], under: now)
    guard plan.steps.count == 3, case .begin(let header) = plan.steps[0], case .append(let bytes, _) = plan.steps[2]
    else {
      Issue.record("\(plan.steps)")
      return
    }
    #expect(header.first == SequenceNumber(10))
    #expect(header.boot == now.boot)
    #expect(plan.numbers == SequenceNumber(11)...SequenceNumber(11))
    let scan = BatchScan(bytes, from: 0, after: SequenceNumber(9), seed: SegmentRepairTests.seed)
    #expect(scan.records.map(\.kind) == [.gap, .message])
    #expect(
      scan.records.first?.gap(in: bytes)
        == GapNotice(.restart, from: SequenceNumber(3), through: SequenceNumber(9))
    )
  }

  @Test func aTailShorterThanRememberedIsARestartUnderTheSameBoot() throws {
    var now = Self.now
    now.remembered = SequenceNumber(5)
    let plan = try JournalTail(beginning: Self.header).plan([.message([65])], under: now)
    #expect(plan.numbers == SequenceNumber(7)...SequenceNumber(7))
  }

  @Test func afterAFailedFlushTheSegmentIsSuspectAndACopyKeepsItsSeq() throws {
    let appended = try JournalTail(beginning: Self.header).plan([.message([65]), .message([66])], under: Self.now)
    let (steps, tail) = try appended.tail.planAfterFailedFlush(under: Self.now)
    guard steps.count == 2, case .begin(let next) = steps[0], case .seal(let seal, _) = steps[1] else {
      Issue.record("\(steps)")
      return
    }
    let scan = BatchScan(seal, from: 0, after: SequenceNumber(2), seed: SegmentRepairTests.seed)
    #expect(scan.stop == .sealed(next: SequenceNumber(3), suspect: true))
    let copy = tail.planCopy(of: [.message([66])], from: SequenceNumber(2), at: Golden.time)
    guard case .append(let bytes, at: SegmentHeader.byteCount) = copy.step else {
      Issue.record("\(copy.step)")
      return
    }
    let read = try JournalTail(reading: next.encode() + bytes)
    #expect(read == copy.tail)
    #expect(read.last == SequenceNumber(2), "a copy takes no new seq")
  }

  @Test func readingOnFindsWhatOthersAppended() throws {
    let (bytes, ends) = SegmentRepairTests.segment([1, 2, 1])
    var tail = try JournalTail(reading: Array(bytes[..<ends[1]]))
    tail.read(on: Array(bytes[ends[1]...]), from: ends[1])
    #expect(tail == (try JournalTail(reading: bytes)))
  }

  @Test func aReaderWhoMissedTheOriginalsTakesTheirCopiesInAnyOrder() {
    var follower = JournalFollower(after: SequenceNumber(1))
    let first = SegmentHeader(journal: Golden.journal, boot: Golden.boot, first: SequenceNumber(5))
    var bytes: [UInt8] = []
    for (seq, flags) in [
      (UInt64(5), JournalRecord.Flags.lastOfBatch), (4, [.copy, .lastOfBatch]), (2, [.copy, .lastOfBatch]),
      (4, [.copy, .lastOfBatch]),
    ] {
      JournalDraft.message([UInt8(seq)]).encode(
        as: SequenceNumber(seq),
        at: Golden.time,
        flags: flags,
        seed: SegmentRepairTests.seed,
        to: &bytes
      )
    }
    #expect(
      follower.list([first.first]).gap == GapNotice(.dropped, from: SequenceNumber(2), through: SequenceNumber(4))
    )
    let delivery = follower.read(bytes, isWhole: true, seed: SegmentRepairTests.seed)
    #expect(delivery.records.map(\.sequenceNumber.rawValue) == [5, 4, 2])
  }

  @Test func aForgedSeqAtTheEndIsAnErrorAndNotASilentLoss() {
    var now = Self.now
    now.remembered = .highest
    #expect(throws: JournalTail.Exhausted.self) {
      try JournalTail(beginning: Self.header).plan([.message([65])], under: now)
    }
    now.remembered = SequenceNumber(SequenceNumber.highest.rawValue - 2)
    #expect(throws: Never.self) { try JournalTail(beginning: Self.header).plan([.message([65])], under: now) }
  }

  @Test func aSegmentWithoutASeqOfItsOwnDoesNotGiveItsNameAway() throws {
    let seven = SegmentHeader(journal: Golden.journal, boot: Golden.boot, first: SequenceNumber(7))
    var restarted = Self.now
    restarted.boot = UniqueID(high: 1, low: 2)
    var small = Self.now
    small.segmentLimit = 120
    let copied = JournalTail(beginning: seven).planCopy(
      of: [.message(Array(repeating: 65, count: 60))],
      from: SequenceNumber(3),
      at: Golden.time
    )
    let plans = [
      try JournalTail(beginning: seven).plan([.message([65])], under: restarted),
      try copied.tail.plan([.message([65])], under: small),
    ]
    for plan in plans {
      #expect(
        plan.steps.first
          == .begin(SegmentHeader(journal: Golden.journal, boot: plan.tail.header.boot, first: SequenceNumber(8)))
      )
      #expect(plan.numbers == SequenceNumber(9)...SequenceNumber(9), "behind a notice that 7 was never given")
    }
    let twice = try JournalTail(beginning: seven).planAfterFailedFlush(under: Self.now)
    #expect(
      twice.steps.first == .begin(SegmentHeader(journal: Golden.journal, boot: Golden.boot, first: SequenceNumber(8)))
    )
    guard case .append(let bytes, _) = twice.steps.last else {
      Issue.record("no notice: \(twice.steps)")
      return
    }
    let scan = BatchScan(bytes, from: 0, after: SequenceNumber(7), seed: SegmentRepairTests.seed)
    #expect(
      scan.records.first?.gap(in: bytes) == GapNotice(.unused, from: SequenceNumber(7), through: SequenceNumber(7))
    )
    #expect(twice.tail.last == SequenceNumber(8))
  }
}
