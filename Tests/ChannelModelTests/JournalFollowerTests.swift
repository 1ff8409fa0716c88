import ChannelMessages
import TestSupport
import Testing

@testable import ChannelModel

/// A follower among segments that lie in memory.
struct Following {
  var follower: JournalFollower
  var segments: [UInt64: [UInt8]]
  private(set) var delivered: [UInt64] = []
  private(set) var gaps: [GapNotice] = []
  private var action = JournalFollower.Action.list

  init(after last: UInt64 = 0, _ segments: [UInt64: [UInt8]]) {
    follower = JournalFollower(after: SequenceNumber(last))
    self.segments = segments
  }

  /// Goes on until it waits, which it must come to.
  mutating func run(blockSize: Int = .max, sourceLocation: SourceLocation = #_sourceLocation) {
    if action == .wait { action = follower.wake() }
    for _ in 0..<5_000 {
      let delivery: JournalFollower.Delivery
      switch action {
      case .wait: return
      case .list: delivery = follower.list(segments.keys.map { SequenceNumber($0) })
      case .read(let segment, let offset, let count):
        guard let bytes = segments[segment.rawValue], bytes.count >= offset else {
          action = follower.segmentIsGone()
          continue
        }
        guard (try? SegmentHeader(decoding: bytes)) != nil else {
          action = follower.segmentIsUnreadable()
          continue
        }
        let end = min(bytes.count, offset + max(count, min(blockSize, bytes.count)))
        delivery = follower.read(
          Array(bytes[offset..<end]),
          isWhole: end == bytes.count,
          seed: SegmentRepairTests.seed
        )
      }
      delivered += delivery.records.map(\.sequenceNumber.rawValue)
      if let gap = delivery.gap { gaps.append(gap) }
      action = delivery.next
    }
    Issue.record("the follower does not come to rest", sourceLocation: sourceLocation)
  }
}

@Suite struct JournalFollowerTests {
  /// A segment of single messages from `first` on, sealed to `next`.
  static func segment(_ first: UInt64, count: UInt64, sealedTo next: UInt64? = nil) -> [UInt8] {
    var bytes = SegmentHeader(journal: Golden.journal, boot: Golden.boot, first: SequenceNumber(first)).encode()
    func put(_ draft: JournalDraft, _ seq: UInt64) {
      draft.encode(
        as: SequenceNumber(seq),
        at: Golden.time,
        flags: .lastOfBatch,
        seed: SegmentRepairTests.seed,
        to: &bytes
      )
    }
    for seq in first..<first + count { put(.message(Array("{}".utf8)), seq) }
    if let next { put(.seal, next) }
    return bytes
  }

  @Test(arguments: [1, 26, 30, 100, 4_096]) func readsOnThroughSealsWhateverTheBlocks(_ size: Int) {
    var following = Following([1: Self.segment(1, count: 3, sealedTo: 4), 4: Self.segment(4, count: 2)])
    following.run(blockSize: size)
    #expect(following.delivered == [1, 2, 3, 4, 5])
    following.segments[4] = Self.segment(4, count: 4)
    following.run(blockSize: size)
    #expect(following.delivered == [1, 2, 3, 4, 5, 6, 7])
    #expect(following.gaps.isEmpty)
  }

  @Test func beginsInsideASegmentBehindItsCursor() {
    var following = Following(after: 2, [1: Self.segment(1, count: 3, sealedTo: 4), 4: Self.segment(4, count: 1)])
    following.run()
    #expect(following.delivered == [3, 4])
  }

  @Test func whatWasRemovedBeforeItCameIsSaid() {
    var following = Following(after: 2, [10: Self.segment(10, count: 1)])
    following.run()
    #expect(following.delivered == [10])
    #expect(following.gaps == [GapNotice(.dropped, from: SequenceNumber(3), through: SequenceNumber(9))])
  }

  @Test func aSealThatNamesNoSegmentLeadsToWaitingAndNotInCircles() {
    var following = Following([1: Self.segment(1, count: 2, sealedTo: 9_999)])
    following.run()
    #expect(following.delivered == [1, 2])
    following.run()
    following.segments[5] = Self.segment(5, count: 1)
    following.run()
    #expect(following.delivered == [1, 2, 5])
    #expect(following.gaps == [GapNotice(.damage, from: SequenceNumber(3), through: SequenceNumber(4))])
  }

  @Test func aSealBehindDamageThatNamesItsOwnSegmentDoesNotLeadInCircles() {
    var bytes = Self.segment(4, count: 1)
    bytes[bytes.count - 1] ^= 1
    JournalDraft.seal.encode(
      as: SequenceNumber(4),
      at: Golden.time,
      flags: .lastOfBatch,
      seed: SegmentRepairTests.seed,
      to: &bytes
    )
    var following = Following([4: bytes, 5: Self.segment(5, count: 1)])
    following.run()
    #expect(following.delivered == [5])
  }

  @Test func aGapRecordDoesNotHideAnotherGapBeforeIt() {
    var broken = Self.segment(2, count: 4, sealedTo: 6)
    broken[20] ^= 1
    for notice in [GapNotice(.windowOverrun), GapNotice(.restart)] {
      var next = SegmentHeader(journal: Golden.journal, boot: Golden.boot, first: SequenceNumber(6)).encode()
      JournalDraft.gap(notice).encode(
        as: SequenceNumber(6),
        at: Golden.time,
        flags: .lastOfBatch,
        seed: SegmentRepairTests.seed,
        to: &next
      )
      var following = Following([1: Self.segment(1, count: 1, sealedTo: 2), 2: broken, 6: next])
      following.run()
      #expect(following.gaps == [GapNotice(.damage, from: SequenceNumber(2), through: SequenceNumber(5))])
    }
  }

  @Test func anUnreadableHeaderCostsItsSegmentAndIsSaid() {
    var broken = Self.segment(3, count: 2, sealedTo: 5)
    broken[20] ^= 1
    var following = Following([1: Self.segment(1, count: 2, sealedTo: 3), 3: broken, 5: Self.segment(5, count: 1)])
    following.run()
    #expect(following.delivered == [1, 2, 5])
    #expect(following.gaps == [GapNotice(.damage, from: SequenceNumber(3), through: SequenceNumber(4))])
  }

  @Test func aFileThatWasCutUnderItIsReadAnewWithoutRepeats() {
    var following = Following([1: Self.segment(1, count: 4)])
    following.run()
    following.segments[1] = Self.segment(1, count: 1)
    following.run()
    following.segments[1] = Self.segment(1, count: 6)
    following.run()
    #expect(following.delivered == [1, 2, 3, 4, 5, 6])
  }

  @Test func bytesMadeToBeSearchedForLongAreGivenUp() {
    // Every eight bytes the head of a record that seems to fill the rest, with a seq that seems to be next.
    var bytes = Self.segment(1, count: 1)
    let size = 1 << 20
    while bytes.count < size - 16_384 {
      bytes.append(littleEndian: UInt32(max(26, size - bytes.count - 20_000)))
      bytes.append(littleEndian: UInt32(7))
    }
    var effort = BatchScan.searchEffort
    _ = BatchScan.nextWhole(in: bytes, from: 53, after: .none, seed: SegmentRepairTests.seed, effort: &effort)
    #expect(effort < 0)
    var following = Following([1: bytes, 2: Self.segment(2, count: 1)])
    following.run()
    #expect(following.delivered == [1, 2])
  }

  @Test func aPlantedSegmentThatIsGoneAgainDoesNotMakeItDeaf() {
    var following = Following([1: Self.segment(1, count: 1)])
    following.run()
    following.segments[SequenceNumber.highest.rawValue] = []
    following.run()
    following.segments[SequenceNumber.highest.rawValue] = nil
    following.segments[1] = Self.segment(1, count: 3)
    following.run()
    #expect(following.delivered == [1, 2, 3])
  }

  @Test func copiesThatNobodyWaitsForCostNoMemory() {
    var follower = JournalFollower(after: SequenceNumber(1))
    _ = follower.list([SequenceNumber(100_000)])
    var bytes: [UInt8] = []
    for seq in stride(from: UInt64(2), to: 4_000, by: 2) {
      JournalDraft.message([65]).encode(
        as: SequenceNumber(seq),
        at: Golden.time,
        flags: [.copy, .lastOfBatch],
        seed: SegmentRepairTests.seed,
        to: &bytes
      )
    }
    let delivery = follower.read(bytes, isWhole: true, seed: SegmentRepairTests.seed)
    #expect(delivery.records.count > 1)
    #expect(follower.unseen.count <= JournalFollower.highestUnseenCount)
  }

  @Test(.enabled(if: isOptimised, "searching 256 MiB byte by byte takes a minute when it is not optimised"))
  func aSparseSegmentIsNotHeldInMemory() {
    var follower = JournalFollower(after: .none)
    _ = follower.list([SequenceNumber(1), SequenceNumber(9)])
    let zeros = [UInt8](repeating: 0, count: JournalRecord.highestByteCount)
    // As long as the end does not come, and after the search has cost enough, the segment is given up.
    var next = follower.read(zeros, isWhole: false, seed: SegmentRepairTests.seed).next
    #expect(next == .list)
    next = follower.list([SequenceNumber(1), SequenceNumber(9)]).next
    var reads = 0
    while case .read(SequenceNumber(1), _, let count) = next, reads < 10 {
      #expect(count <= JournalRecord.highestByteCount)
      reads += 1
      next = follower.read(zeros, isWhole: false, seed: SegmentRepairTests.seed).next
    }
    #expect(next == .read(segment: SequenceNumber(9), at: SegmentHeader.byteCount, atLeast: 26))
    #expect((2...5).contains(reads))
  }
}

private var isOptimised: Bool {
  #if DEBUG
    false
  #else
    true
  #endif
}
