import TestSupport
import Testing

@testable import ChannelModel

@Suite struct RetentionTests {
  /// Segments of 200 seqs and 1,000 bytes each.
  static func segments(_ count: UInt64) -> [Retention.Segment] {
    (0..<count).map {
      Retention.Segment(
        first: SequenceNumber($0 * 200 + 1),
        last: SequenceNumber($0 * 200 + 200),
        byteCount: 1_000,
        newest: WallTime(nanoseconds: $0 * 1_000_000_000)
      )
    }
  }

  static func reader(_ through: UInt64, _ kind: ReaderFile.Kind = .reader, name: String = "worker") -> Retention.Reader
  {
    Retention.Reader(name: name, kind: kind, through: SequenceNumber(through))
  }

  static func removed(
    _ manner: Retention.Manner = .standard,
    of count: UInt64,
    readers: [Retention.Reader] = [],
    now: UInt64 = 0
  ) -> [UInt64] {
    Retention(manner).removable(
      of: segments(count),
      readers: readers,
      now: WallTime(nanoseconds: now * 1_000_000_000)
    ).map(\.rawValue)
  }

  @Test func withoutReadersTheLastTwoStay() {
    #expect(Self.removed(of: 5) == [1, 201, 401])
    #expect(Self.removed(of: 1) == [])
  }

  @Test func aSegmentGoesWhenEveryReaderHasPassedIt() {
    #expect(Self.removed(of: 5, readers: [Self.reader(1_000), Self.reader(399)]) == [1])
    #expect(Self.removed(of: 5, readers: [Self.reader(400)]) == [1, 201])
    #expect(Self.removed(of: 5, readers: [Self.reader(1_000)]) == [1, 201, 401, 601])
  }

  @Test func whatHoldsOneOfTheNewestHundredStays() {
    var segments = Self.segments(2)
    segments.append(
      Retention.Segment(
        first: SequenceNumber(401),
        last: SequenceNumber(450),
        byteCount: 10,
        newest: WallTime(nanoseconds: 0)
      )
    )
    let removed = Retention().removable(of: segments, readers: [Self.reader(450)], now: WallTime(nanoseconds: 0))
    #expect(removed == [SequenceNumber(1)], "351 to 400 may still be owed to a window")
  }

  @Test func aReaderWithoutANameHoldsOnlyUpToTheLimit() {
    let limit = Retention.Manner.backPressure(limit: 3_500)
    #expect(Self.removed(limit, of: 3, readers: [Self.reader(0, .unnamed)]) == [])
    #expect(Self.removed(limit, of: 6, readers: [Self.reader(0, .unnamed)]) == [1, 201, 401])
    #expect(Self.removed(limit, of: 6, readers: [Self.reader(0, .unnamed), Self.reader(0)]) == [])
  }

  @Test func atTheLimitTheSenderWaitsForTheReaderThatLagsMost() {
    let retention = Retention(.backPressure(limit: 3_000))
    let readers = [Self.reader(590), Self.reader(150, .group, name: "slow"), Self.reader(0, .unnamed)]
    func room(_ bytes: Int, _ readers: [Retention.Reader], _ purpose: Retention.Purpose = .sending) -> Retention.Room {
      retention.room(for: bytes, purpose: purpose, segments: Self.segments(3), readers: readers)
    }
    #expect(room(1, readers) == .full(laggard: "slow", lag: 450))
    #expect(room(0, readers) == .free)
    #expect(room(300, readers, .importing) == .free)
    #expect(room(301, readers, .importing) == .full(laggard: "slow", lag: 450))
    #expect(room(1, [Self.reader(0, .unnamed)]) == .free, "nobody waits for a reader without a name")
    #expect(room(1, [Self.reader(600)]) == .free, "nobody lags")
  }

  @Test func onlyWhoAsksForItLosesTheOldest() {
    #expect(Self.removed(.latest(bytes: 2_500), of: 5, readers: [Self.reader(0)]) == [1, 201])
    #expect(Self.removed(.latest(messages: 500), of: 5) == [1, 201])
    #expect(Self.removed(.latest(age: .seconds(3)), of: 5, now: 5) == [1, 201])
    #expect(Self.removed(.latest(), of: 5) == [])
    #expect(Self.removed(.latest(age: .seconds(3)), of: 5, now: 0) == [], "a clock set back drops nothing")
  }

  @Test func sizesThatOnlyAPeerCanHaveMadeDoNotOverflow() {
    let huge = (1...3 as ClosedRange<UInt64>).map {
      Retention.Segment(
        first: SequenceNumber($0 * 200),
        last: SequenceNumber($0 * 200 + 199),
        byteCount: .max,
        newest: WallTime(nanoseconds: 0)
      )
    }
    let now = WallTime(nanoseconds: 0)
    let unnamed = [Self.reader(0, .unnamed)]
    #expect(Retention().removable(of: huge, readers: unnamed, now: now) == [SequenceNumber(200)])
    #expect(Retention(.latest(messages: 5)).removable(of: huge, readers: [], now: now).count == 2)
    let room = Retention().room(for: 1, purpose: .sending, segments: huge, readers: [Self.reader(0)])
    #expect(room == .full(laggard: "worker", lag: 799))
  }
}
