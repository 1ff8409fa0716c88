import ChannelMessages
import TestSupport
import Testing

@testable import ChannelModel

/// Torn appends, broken records, and what stays of them.
@Suite struct SegmentRepairTests {
  static let seed = JournalRecord.seed(of: Golden.journal)
  static let header = SegmentHeader(journal: Golden.journal, boot: Golden.boot, first: SequenceNumber(1))

  /// A segment of batches, each given as the number of its records, and where each batch ends.
  static func segment(_ batches: [Int], seals: Bool = false) -> (bytes: [UInt8], ends: [Int]) {
    var bytes = header.encode()
    var ends = [bytes.count]
    var next = header.first
    for count in batches {
      for place in 0..<count {
        JournalDraft.message(Array("{\"n\":\(next)}".utf8)).encode(
          as: next,
          at: Golden.time,
          flags: place == count - 1 ? .lastOfBatch : [],
          seed: seed,
          to: &bytes
        )
        next = next.next
      }
      ends.append(bytes.count)
    }
    if seals { JournalDraft.seal.encode(as: next, at: Golden.time, flags: .lastOfBatch, seed: seed, to: &bytes) }
    return (bytes, ends)
  }

  static let now = JournalTail.Circumstances(boot: Golden.boot, time: Golden.time)

  @Test func aTornTailAtEveryLengthIsRepairedToTheLastWholeBatch() throws {
    let batches = [1, 3, 2]
    let (bytes, ends) = Self.segment(batches)
    for count in SegmentHeader.byteCount...bytes.count {
      let tail = try JournalTail(reading: Array(bytes[..<count]))
      let whole = ends.lastIndex { $0 <= count } ?? 0
      #expect(tail.end == ends[whole], "cut at \(count)")
      #expect(tail.last == SequenceNumber(UInt64(batches[..<whole].reduce(0, +))))
      #expect(tail.torn == (count > ends[whole] ? ends[whole]..<count : nil))
      #expect(!tail.isDamaged)
    }
  }

  @Test func anAppendAfterATornTailKeepsTheTornBytesAndCutsThemFirst() throws {
    let (bytes, ends) = Self.segment([1, 2])
    let torn = Array(bytes[..<(bytes.count - 5)])
    let plan = try JournalTail(reading: torn).plan([.message([1])], under: Self.now)
    #expect(plan.steps.count == 2)
    #expect(plan.steps.first == .cut(ends[1]..<torn.count))
    guard case .append(let record, at: ends[1]) = plan.steps.last else {
      Issue.record("no append at the cut: \(plan.steps)")
      return
    }
    #expect(plan.numbers == SequenceNumber(2)...SequenceNumber(2))
    let mended = try JournalTail(reading: Array(torn[..<ends[1]]) + record)
    #expect(mended.last == SequenceNumber(2))
    #expect(mended.torn == nil)
  }

  @Test func zerosAfterTheTailAreATornTail() throws {
    let (bytes, ends) = Self.segment([1])
    let tail = try JournalTail(reading: bytes + [UInt8](repeating: 0, count: 4_096))
    #expect(tail.torn == ends[1]..<ends[1] + 4_096)
  }

  @Test func wholeBatchesBehindDamageAreNeverCutAwayAndNothingFollowsInThatSegment() throws {
    let (sound, ends) = Self.segment([1, 1, 1, 1])
    for place in ends[1]..<ends[2] {
      var bytes = sound
      bytes[place] ^= 0x40
      let tail = try JournalTail(reading: bytes)
      #expect(tail.isDamaged, "byte \(place)")
      #expect(tail.last == SequenceNumber(4))
      #expect(tail.torn == nil)
      let plan = try tail.plan([.message([1])], under: Self.now)
      guard case .begin(let next) = plan.steps.first else {
        Issue.record("the damaged segment is written on: \(plan.steps)")
        continue
      }
      #expect(next.first == SequenceNumber(5))
    }
  }

  @Test func everyBrokenByteOfAClosedSegmentCostsOneBatchAndIsNamed() throws {
    let batches = [2, 1, 2, 1]
    let (sound, ends) = Self.segment(batches, seals: true)
    for place in SegmentHeader.byteCount..<sound.count {
      var bytes = sound
      bytes[place] ^= 0x01
      let told = Self.readAll(closed: bytes)
      let lost = (1...6).filter { seq in !told.delivered.contains(UInt64(seq)) }
      let broken = ends.dropFirst().firstIndex { place < $0 }
      guard let broken else {
        #expect(lost.isEmpty, "only the seal is broken, at \(place)")
        continue
      }
      let first = batches[..<(broken - 1)].reduce(0, +) + 1
      let batch = first..<first + batches[broken - 1]
      #expect(lost.allSatisfy(batch.contains), "byte \(place) of batch \(broken) cost \(lost)")
      #expect(!lost.isEmpty)
      // What is missing is said, unless it is the end and the next segment will say it.
      if let last = lost.last, last < 6 {
        #expect(told.gaps.contains { $0.first.rawValue <= UInt64(lost[0]) && $0.last.rawValue >= UInt64(last) })
      }
    }
  }

  /// Feeds a follower a closed segment, followed by an empty one.
  static func readAll(closed bytes: [UInt8]) -> (delivered: [UInt64], gaps: [GapNotice]) {
    var follower = JournalFollower(after: .none)
    var delivered: [UInt64] = []
    var gaps: [GapNotice] = []
    let next = SequenceNumber(7)
    let empty = SegmentHeader(journal: Golden.journal, boot: Golden.boot, first: next).encode()
    var action = JournalFollower.Action.list
    for _ in 0..<200 {
      let delivery: JournalFollower.Delivery
      switch action {
      case .wait: return (delivered, gaps)
      case .list: delivery = follower.list([header.first, next])
      case .read(let segment, let offset, _):
        let content = segment == next ? empty : bytes
        delivery = follower.read(Array(content[min(offset, content.count)...]), isWhole: true, seed: seed)
      }
      delivered += delivery.records.map(\.sequenceNumber.rawValue)
      if let gap = delivery.gap { gaps.append(gap) }
      action = delivery.next
    }
    Issue.record("the follower does not come to rest")
    return (delivered, gaps)
  }

  @Test func aBatchWithoutEndIsNotWaitedFor() {
    var bytes: [UInt8] = []
    for seq in UInt64(1)...2_000 {
      JournalDraft.message([65]).encode(
        as: SequenceNumber(seq),
        at: Golden.time,
        flags: [],
        seed: Self.seed,
        to: &bytes
      )
    }
    let scan = BatchScan(bytes, from: 0, after: .none, seed: Self.seed)
    #expect(scan.stop == .endlessBatch)
    #expect(scan.records.isEmpty && scan.end == 0)
    #expect(scan.reached == 1_025 * 27)
  }

  @Test func theLongestBatchIsRead() throws {
    let drafts = [JournalDraft](repeating: .message([65]), count: BatchScan.highestMessageCount)
    var restarted = Self.now
    restarted.boot = UniqueID(high: 1, low: 1)
    let plan = try JournalTail(beginning: Self.header).plan(drafts, under: restarted)
    guard case .append(let bytes, _) = plan.steps.last else {
      Issue.record("\(plan.steps)")
      return
    }
    let scan = BatchScan(bytes, from: 0, after: plan.tail.header.first.previous, seed: Self.seed)
    #expect(scan.records.count == BatchScan.highestMessageCount + 1, "with the notice of the restart")
    #expect(scan.stop == .ended)
  }

  @Test func everySearchBehindDamageIsCharged() {
    let (sound, ends) = Self.segment([1, 1_000])
    var bytes = sound
    bytes[ends[0] + 30] ^= 1
    var effort = BatchScan.searchEffort
    let whole = BatchScan.nextWhole(in: bytes, from: ends[0] + 1, after: .none, seed: Self.seed, effort: &effort)
    #expect(whole?.offset == ends[1])
    #expect(BatchScan.searchEffort - effort >= bytes.count - ends[1], "what was read to find it was a whole batch")
  }

  @Test func aSegmentMadeToBeSearchedForEverIsLeftAndItsSeqsCountAsGiven() throws {
    // Every eight bytes the head of a record that seems to fill the rest, with a seq that seems to be next.
    var bytes = Self.segment([1]).bytes
    let size = 1 << 20
    while bytes.count < size - 16_384 {
      bytes.append(littleEndian: UInt32(max(26, size - bytes.count - 20_000)))
      bytes.append(littleEndian: UInt32(7))
    }
    let tail = try JournalTail(reading: bytes)
    #expect(tail.isDamaged && tail.torn == nil && tail.end == bytes.count)
    #expect(tail.last.rawValue > UInt64(bytes.count / 27))
  }
  @Test func recordsOfAnotherJournalAreNoRecords() {
    let (bytes, _) = Self.segment([1])
    let other = JournalRecord.seed(of: UniqueID(high: 9, low: 9))
    #expect(JournalRecord.find(in: bytes, at: SegmentHeader.byteCount, seed: other) == .broken(.checksum))
  }

  @Test func unknownKindsAndFlagsAreNamedNotGuessed() {
    func finding(kind: UInt8, flags: UInt8) -> JournalRecord.Finding {
      var bytes: [UInt8] = []
      JournalDraft.message([1]).encode(
        as: SequenceNumber(1),
        at: Golden.time,
        flags: .lastOfBatch,
        seed: Self.seed,
        to: &bytes
      )
      bytes[24] = kind
      bytes[25] = flags
      let start = Checksums.crc32c(bytes[0..<4], from: Self.seed)
      bytes.put(Checksums.crc32c(bytes[8...], from: start), at: 4)
      return JournalRecord.find(in: bytes, at: 0, seed: Self.seed)
    }
    #expect(finding(kind: 7, flags: 1) == .broken(.unknownKind(7)))
    #expect(finding(kind: 0, flags: 1) == .broken(.unknownKind(0)))
    #expect(finding(kind: 1, flags: 8) == .broken(.unknownFlags(8)))
    #expect(finding(kind: 4, flags: 1) == .broken(.impossibleContent(.gap)))
    #expect(finding(kind: 6, flags: 1) == .broken(.impossibleContent(.seal)))
  }

  @Test func aHugeLengthIsNotBelieved() {
    var bytes = [UInt8](repeating: 0xFF, count: 64)
    #expect(JournalRecord.find(in: bytes, at: 0, seed: 0) == .broken(.impossibleLength(.max)))
    bytes.put(UInt32(JournalRecord.highestByteCount), at: 0)
    #expect(
      JournalRecord.find(in: bytes, at: 0, seed: 0) == .incomplete(needed: JournalRecord.highestByteCount)
    )
  }
}

/// The checksum by its definition, so that a test can forge records without the code it tests.
enum Checksums {
  static func crc32c(_ bytes: some Sequence<UInt8>, from start: UInt32) -> UInt32 {
    var value = ~start
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }
    return ~value
  }
}
