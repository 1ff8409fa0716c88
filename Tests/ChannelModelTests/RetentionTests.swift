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
}

@Suite struct WatchTableTests {
  typealias Table = WatchTable<String>

  static var table: Table {
    var table = Table()
    table.add(1, for: "ui", .channel)
    table.add(2, for: "ui", .journal(.backendToFrontend))
    table.add(3, for: "db", .channel)
    return table
  }

  static let meanings: [(Int32, Table.Event, Table.Change?)] = [
    (1, .movedIn(name: "backend_to_frontend.json"), .window("ui", .backendToFrontend)),
    (3, .closedAfterWriting(name: "frontend_to_backend.json"), .window("db", .frontendToBackend)),
    (1, .opened(name: "frontend_to_backend.json"), .windowOpened("ui", .frontendToBackend)),
    (1, .deleted(name: "backend_to_frontend.lock"), .windowLockFreed("ui", .backendToFrontend)),
    (1, .closedAfterWriting(name: "backend_to_frontend.lock"), nil),
    (1, .movedIn(name: "backend_to_frontend.tmp"), nil),
    (1, .opened(name: "backend_to_frontend.lock"), nil),
    (1, .deleted(name: ".transom"), .rearm("ui", .channel)),
    (2, .modified(name: "00000000000000000001.seg"), .journalGrew("ui", .backendToFrontend)),
    (2, .movedIn(name: "00000000000000000007.seg"), .segments("ui", .backendToFrontend)),
    (2, .modified(name: "lock"), nil),
    (2, .movedIn(name: "7.seg"), nil),
    (1, .directoryDeleted, .rearm("ui", .channel)),
    (2, .directoryMoved, .rearm("ui", .journal(.backendToFrontend))),
    (3, .unmounted, .rearm("db", .channel)),
    (9, .movedIn(name: "backend_to_frontend.json"), nil),
  ]

  @Test(arguments: meanings) func saysWhatToLookAt(_ number: Int32, _ event: Table.Event, _ change: Table.Change?) {
    var table = Self.table
    #expect(table.apply(event, of: number) == change)
  }

  @Test func anIgnoredWatchIsForgottenAndArmedAnew() {
    var table = Self.table
    #expect(table.apply(.ignored, of: 1) == .rearm("ui", .channel))
    #expect(table.number(of: "ui", .channel) == nil)
    #expect(table.apply(.movedIn(name: "backend_to_frontend.json"), of: 1) == nil)
    table.add(7, for: "ui", .channel)
    #expect(
      table.apply(.movedIn(name: "backend_to_frontend.json"), of: 7) == .window("ui", .backendToFrontend)
    )
  }

  @Test func aNumberThatComesAgainBelongsToItsNewDirectory() {
    var table = Self.table
    table.add(1, for: "db", .channel)
    #expect(table.number(of: "ui", .channel) == nil)
    #expect(
      table.apply(.movedIn(name: "backend_to_frontend.json"), of: 1) == .window("db", .backendToFrontend)
    )
    #expect(table.apply(.movedIn(name: "backend_to_frontend.json"), of: 3) == nil)
  }

  @Test func removingAChannelNamesItsWatches() {
    var table = Self.table
    #expect(Set(table.remove("ui")) == [1, 2])
    #expect(table.count == 1)
  }

  @Test func anOverflowMeansLookingAtEverything() {
    #expect(Self.table.overflowed() == .rescanAll)
  }
}

@Suite struct NamesTests {
  @Test func segmentNamesSortLikeTheirSeqs() {
    let numbers: [UInt64] = [1, 9, 10, 99_999, SequenceNumber.highest.rawValue]
    let names = numbers.map { ChannelLayout.segment(beginningAt: SequenceNumber($0)) }
    #expect(names == names.sorted())
    #expect(names.map { ChannelLayout.firstSequenceNumber(ofSegment: $0)?.rawValue } == numbers)
  }

  @Test(arguments: [
    "1.seg", "0000000000000000000a.seg", "00000000000000000000.seg", "99999999999999999999.seg",
    "00000000000000000001.SEG", "+0000000000000000001.seg", "lock", "00000000000000000001.seg.tmp",
  ]) func otherNamesAreNoSegments(_ name: String) {
    #expect(ChannelLayout.firstSequenceNumber(ofSegment: name) == nil)
  }

  @Test(arguments: ["worker-1", "a", "A.b_c", String(repeating: "x", count: 64)])
  func acceptsReaderNames(_ text: String) throws {
    #expect(try ReaderName(text).text == text)
  }

  @Test(arguments: ["", ".", "..", "a/b", "-x", "é", "a b", "a\0", String(repeating: "x", count: 65)])
  func refusesNamesThatAPathCouldMisunderstand(_ text: String) {
    #expect(throws: ReaderName.Refusal(text: text)) { try ReaderName(text) }
  }
}
