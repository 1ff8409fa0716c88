import ChannelMessages
import TestSupport
import Testing

@testable import ChannelModel

/// The values that `fixtures/disk/make.py` writes down on its own.
enum Golden {
  static let key = ChannelKey(random: Array(0x10..<0x40))
  static let journal = UniqueID(Array(0xA0..<0xB0))
  static let boot = UniqueID(high: 0x0b5e_55ed_0011_4a2b, low: 0xbccd_0123_4567_89ab)
  static let time = WallTime(nanoseconds: 1_767_225_600_123_456_789)

  static func message(_ seq: UInt64, _ name: String) -> [UInt8] {
    let id = key.id(of: SequenceNumber(seq), in: .backendToFrontend)
    return Array(
      "{\"id\":\"\(id)\",\"timestamp\":1767225600123,\"type\":\"event\",\"method\":\"\(name)\",\"payload\":{\"n\":1.10}}"
        .utf8
    )
  }

  static let foreign = Array(
    "{\n    \"id\": \"1\",\n    \"timestamp\": 5,\n    \"type\": \"request\",\n    \"method\": \"ping\",\n    \"payload\": null\n  }"
      .utf8
  )

  static let segment = SegmentHeader(journal: journal, boot: boot, first: SequenceNumber(7))

  static var segmentBytes: [UInt8] {
    var bytes = segment.encode()
    func put(_ draft: JournalDraft, _ seq: UInt64, _ flags: JournalRecord.Flags = .lastOfBatch) {
      draft.encode(
        as: SequenceNumber(seq),
        at: time,
        flags: flags,
        seed: JournalRecord.seed(of: journal),
        to: &bytes
      )
    }
    put(.message(message(7, "first")), 7, [])
    put(.message(message(8, "second")), 8)
    put(.message(foreign, kind: .foreign), 9)
    put(.message(message(4, "lost"), kind: .recovered), 10)
    put(.gap(GapNotice(.restart, from: SequenceNumber(5), through: SequenceNumber(6))), 11)
    put(.cleared(floor: SequenceNumber(9)), 12)
    put(.seal, 13)
    return bytes
  }

  static let projected = Projected(
    journal: journal,
    boot: boot,
    through: SequenceNumber(12),
    shown: SequenceNumber(10),
    floor: SequenceNumber(9),
    newestTimestamp: 1_767_225_600_123,
    place: JournalPlace(segment: SequenceNumber(7), end: 4_096),
    window: FileState(
      device: 0xFE01,
      inode: 1_234_567,
      size: 30_000,
      seconds: 1_767_225_600,
      nanoseconds: 123_456_789
    )
  )

  static let projectLock = ProjectLockRecord(
    boot: boot,
    released: Moment(nanoseconds: 5_000_000_000),
    held: .microseconds(40),
    writerSeen: Moment(nanoseconds: 4_999_000_000),
    readerSeen: Moment(nanoseconds: 4_998_000_000),
    readerRuledOut: Moment(nanoseconds: 4_997_000_000),
    confirmed: 0xC0_FFEE
  )

  static let reader = ReaderFile.Header(
    kind: .reader,
    process: 4_321,
    startTime: 987_654,
    processNamespace: 4_026_531_836,
    boot: boot,
    registered: WallTime(nanoseconds: time.nanoseconds - 10),
    heldSince: WallTime(nanoseconds: time.nanoseconds - 5)
  )

  static let claims: [GroupClaims.Claim] = [
    claim(101, 1, of: nil, isRepeated: true, since: 4_000_000_000),
    claim(104, 1, of: 3, isRepeated: true, since: 5_000_000_000),
    claim(106, 59, of: 2, isRepeated: false, since: 5_000_000_001),
  ]

  static func claim(
    _ first: UInt64,
    _ count: UInt64,
    of member: GroupClaims.Member?,
    isRepeated: Bool,
    since: UInt64
  ) -> GroupClaims.Claim {
    GroupClaims.Claim(
      first: SequenceNumber(first),
      last: SequenceNumber(first + count - 1),
      member: member,
      isRepeated: isRepeated,
      since: Moment(nanoseconds: since)
    )
  }

  static var hashes: [UInt64] {
    (0..<60).map { n in
      key.memory(
        of: ForeignTraits(
          id: Array(String(n).utf8),
          timestamp: UInt64(5 + n),
          kind: [.request, .response, .event][n % 3],
          replyTo: n % 2 == 0 ? Array("r".utf8) : nil,
          method: n % 3 == 0 ? nil : Array("ping".utf8)
        ),
        place: n
      )
    }
  }
}

@Suite struct GoldenBytesTests {
  @Test func keyDecodesAndEncodesBack() throws {
    let bytes = try Fixture.listing("disk/key")
    let key = try ChannelKey(decoding: bytes)
    #expect(key == Golden.key)
    #expect(key.encode() == bytes)
  }

  @Test func segmentHoldsWhatItsRecordsSay() throws {
    let bytes = try Fixture.listing("disk/segment")
    #expect(Golden.segmentBytes == bytes)
    #expect(try SegmentHeader(decoding: bytes) == Golden.segment)
    let scan = BatchScan(
      bytes,
      from: SegmentHeader.byteCount,
      after: SequenceNumber(6),
      seed: JournalRecord.seed(of: Golden.journal)
    )
    #expect(scan.records.map(\.sequenceNumber.rawValue) == [7, 8, 9, 10, 11, 12])
    #expect(scan.records.map(\.kind) == [.message, .message, .foreign, .recovered, .gap, .cleared])
    #expect(scan.stop == .sealed(next: SequenceNumber(13), suspect: false))
    #expect(Array(bytes[scan.records[2].content]) == Golden.foreign)
    #expect(
      scan.records[4].gap(in: bytes) == GapNotice(.restart, from: SequenceNumber(5), through: SequenceNumber(6))
    )
    #expect(scan.records[5].floor(in: bytes) == SequenceNumber(9))
    #expect(scan.records.allSatisfy { $0.time == Golden.time })
  }

  @Test func segmentAfterAFailedFlushHoldsACopyAndASuspectSeal() throws {
    let bytes = try Fixture.listing("disk/segment-after-failed-flush")
    let scan = BatchScan(
      bytes,
      from: SegmentHeader.byteCount,
      after: SequenceNumber(2),
      seed: JournalRecord.seed(of: Golden.journal)
    )
    #expect(scan.records.map(\.sequenceNumber.rawValue) == [2, 3])
    #expect(scan.records.map(\.flags) == [[.copy, .lastOfBatch], .lastOfBatch])
    #expect(scan.stop == .sealed(next: SequenceNumber(4), suspect: true))
  }

  @Test func projectedDecodesAndEncodesBack() throws {
    let bytes = try Fixture.listing("disk/projected")
    #expect(try Projected(decoding: bytes) == Golden.projected)
    #expect(Golden.projected.encode() == bytes)
  }

  /// A place that no journal has is no place, and not the nearest one that there is.
  @Test func aPlaceBeyondEveryJournalIsRefused() throws {
    var bytes = Golden.projected.encode()
    bytes.put(UInt64.max, at: 80)
    bytes.put(Checksum.crc32c(bytes, in: 0..<124), at: 124)
    #expect(throws: DiskFormat.Failure(.projected, .impossible(field: "place"))) { try Projected(decoding: bytes) }
  }

  @Test func projectLockDecodesAndEncodesBack() throws {
    let bytes = try Fixture.listing("disk/project-lock")
    #expect(try ProjectLockRecord(decoding: bytes) == Golden.projectLock)
    #expect(Golden.projectLock.encode() == bytes)
  }

  @Test func importedIDsDecodeAndEncodeBack() throws {
    let bytes = try Fixture.listing("disk/ids")
    let memory = try ImportedIDs(decoding: bytes, journal: Golden.journal)
    #expect(memory.completeThrough == SequenceNumber(9))
    #expect(memory.begun == ImportedIDs.Mark(number: SequenceNumber(9)))
    #expect(memory.unrememberedFrom == nil)
    #expect(memory.blockCount == 3)
    #expect(Golden.hashes.allSatisfy(memory.contains))
    #expect(memory.encode() == bytes)
  }

  @Test func readerDecodesAndEncodesBack() throws {
    let bytes = try Fixture.listing("disk/reader")
    #expect(bytes.count == ReaderFile.byteCount)
    let header = try ReaderFile.Header(decoding: bytes)
    #expect(header == Golden.reader)
    #expect(header.encode() == Array(bytes[..<ReaderFile.Header.byteCount]))
    let slot = try #require(ReaderFile.newestSlot(in: bytes))
    #expect(slot.generation == 4)
    #expect(slot.cursor.through == SequenceNumber(100))
    #expect(
      (101...4_196).filter { slot.cursor.contains(SequenceNumber($0)) } == [102, 103, 105, 4_196]
    )
    #expect(slot.encode() == Array(bytes[slot.offset..<slot.offset + ReaderFile.Slot.byteCount]))
  }

  @Test func claimsDecodeAndEncodeBack() throws {
    let bytes = try Fixture.listing("disk/claims")
    #expect(bytes.count == ClaimsFile.highestByteCount)
    #expect(Array(bytes[..<ClaimsFile.headerByteCount]) == ClaimsFile.header)
    let slot = try #require(ClaimsFile.newestSlot(in: bytes))
    #expect(slot.generation == 8)
    #expect(slot.journal == Golden.journal && slot.boot == Golden.boot)
    #expect(slot.offered == SequenceNumber(164))
    #expect(slot.claims == Golden.claims)
    let encoded = slot.encode()
    let offset = ClaimsFile.offset(of: 8)
    #expect(encoded == Array(bytes[offset..<offset + encoded.count]))
    var torn = bytes
    torn[offset + encoded.count - 1] ^= 1
    #expect(ClaimsFile.newestSlot(in: torn)?.generation == 7)
    for count in stride(from: 0, to: bytes.count, by: 4) {
      let generation = ClaimsFile.newestSlot(in: Array(bytes[..<count]))?.generation
      #expect(generation == (count < offset + encoded.count ? nil : 8), "cut at \(count)")
    }
  }

  @Test func lockDecodesAndEncodesBack() throws {
    let bytes = try Fixture.bytes("disk/lock.txt")
    let contents = LockContents(decoding: bytes)
    let holder = LockContents.Holder(
      boot: Golden.boot,
      processNamespace: 4_026_531_836,
      startTime: 987_654,
      token: 0x00c0_ffee_1234_5678
    )
    #expect(contents == LockContents(process: 4_321, holder: holder))
    #expect(contents.encode() == bytes)
  }

  static let files: [(DiskFormat, String)] = [
    (.key, "disk/key"), (.segment, "disk/segment"), (.projected, "disk/projected"), (.importedIDs, "disk/ids"),
    (.reader, "disk/reader"), (.projectLock, "disk/project-lock"), (.claims, "disk/claims"),
  ]

  static func decode(_ format: DiskFormat, _ bytes: [UInt8]) throws(DiskFormat.Failure) {
    switch format {
    case .key: _ = try ChannelKey(decoding: bytes)
    case .segment: _ = try SegmentHeader(decoding: bytes)
    case .projected: _ = try Projected(decoding: bytes)
    case .importedIDs: _ = try ImportedIDs(decoding: bytes, journal: Golden.journal)
    case .reader: _ = try ReaderFile.Header(decoding: bytes)
    case .projectLock: _ = try ProjectLockRecord(decoding: bytes)
    case .claims: try ClaimsFile.check(bytes)
    }
  }

  @Test(arguments: files) func aNewerVersionIsRefusedByName(_ format: DiskFormat, _ path: String) throws {
    var bytes = try Fixture.listing(path)
    bytes.put(UInt16(2), at: 6)
    let failure = #expect(throws: DiskFormat.Failure.self) { try Self.decode(format, bytes) }
    #expect(failure == DiskFormat.Failure(format, .newer(version: 2)))
    let text = String(describing: try #require(failure))
    #expect(text.contains("version 2") && text.contains("newer Transom"))
  }

  @Test(arguments: files) func aNewerVersionIsRefusedWhateverFollows(_ format: DiskFormat, _ path: String) throws {
    let bytes = Array(format.rawValue.utf8) + [9, 0]
    #expect(throws: DiskFormat.Failure(format, .newer(version: 9))) { try Self.decode(format, bytes) }
  }

  @Test(arguments: files) func everyCutHeaderIsTooShort(_ format: DiskFormat, _ path: String) throws {
    let bytes = try Fixture.listing(path)
    let needed =
      switch format {
      case .key: ChannelKey.byteCount
      case .segment: SegmentHeader.byteCount
      case .projected: Projected.byteCount
      case .importedIDs: ImportedIDs.blockByteCount
      case .reader: ReaderFile.Header.byteCount
      case .projectLock: ProjectLockRecord.byteCount
      case .claims: ClaimsFile.headerByteCount
      }
    for count in 0..<needed {
      #expect(throws: DiskFormat.Failure(format, .tooShort(count, needed: needed))) {
        try Self.decode(format, Array(bytes[..<count]))
      }
    }
  }

  @Test(arguments: files) func everyFlippedBitOfAHeaderIsFound(_ format: DiskFormat, _ path: String) throws {
    let bytes = try Fixture.listing(path)
    let covered =
      switch format {
      case .key: ChannelKey.byteCount
      case .segment: SegmentHeader.byteCount
      case .projected: Projected.byteCount
      case .importedIDs: 16
      case .reader: ReaderFile.Header.byteCount
      case .projectLock: ProjectLockRecord.byteCount
      case .claims: ClaimsFile.headerByteCount
      }
    for bit in 0..<8 * covered {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: DiskFormat.Failure.self) { try Self.decode(format, damaged) }
    }
  }

  @Test func aReadersFileCutAnywhereShowsTheNewestSlotThatIsWhole() throws {
    let bytes = try Fixture.listing("disk/reader")
    let end = 4_096 + ReaderFile.Slot.byteCount
    for count in 0..<bytes.count {
      let generation = ReaderFile.newestSlot(in: Array(bytes[..<count]))?.generation
      #expect(generation == (count < end ? nil : 4), "cut at \(count)")
    }
  }

  @Test func aMemoryCutAnywhereKeepsItsWholeBlocksAndKnowsIt() throws {
    let bytes = try Fixture.listing("disk/ids")
    for count in ImportedIDs.blockByteCount...bytes.count {
      let memory = try ImportedIDs(decoding: Array(bytes[..<count]), journal: Golden.journal)
      let blocks = count / ImportedIDs.blockByteCount - 1
      #expect(memory.completeThrough == SequenceNumber(blocks == 2 ? 9 : 0), "cut at \(count)")
      #expect(Golden.hashes.count(where: memory.contains) == [0, 59, 60][blocks])
    }
  }
}
