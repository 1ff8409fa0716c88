internal import ChannelMessages
internal import ChannelModel

/// The small files below `.transom`.
extension FuzzTarget {
  /// Memory: the bytes of identifiers and of an encoding.
  static let projected = FuzzTarget(
    name: "projected",
    maximumLength: 160,
    allocationBase: 4 << 10,
    allocationPerByte: 1,
    seeds: ["disk/projected.hex"]
  ) { bytes in
    let mended = uncounted { Mending.file(bytes, as: .projected, checksumAt: 124) }
    for input in [bytes, mended ?? []] {
      guard let record = try? Projected(decoding: input) else { continue }
      check(record.encode() == Array(input[..<Projected.byteCount]), "it encodes to what it was")
    }
  }

  /// Memory: as `projected`.
  static let key = FuzzTarget(
    name: "key",
    maximumLength: 96,
    allocationBase: 4 << 10,
    allocationPerByte: 1,
    seeds: ["disk/key.hex"]
  ) { bytes in
    let mended = uncounted { Mending.file(bytes, as: .key, checksumAt: 56) }
    for input in [bytes, mended ?? []] {
      guard let key = try? ChannelKey(decoding: input) else { continue }
      check(key.encode() == Array(input[..<ChannelKey.byteCount]), "it encodes to what it was")
      let id = key.id(of: SequenceNumber(9), in: .backendToFrontend)
      check(key.sequenceNumber(provenBy: id, in: .backendToFrontend) == SequenceNumber(9), "its ids prove themselves")
    }
  }

  /// Memory: as `projected`.
  static let projectLock = FuzzTarget(
    name: "project-lock",
    maximumLength: 96,
    allocationBase: 4 << 10,
    allocationPerByte: 1,
    seeds: ["disk/project-lock.hex"]
  ) { bytes in
    let mended = uncounted { Mending.file(bytes, as: .projectLock, checksumAt: 52) }
    for input in [bytes, mended ?? []] {
      guard let record = try? ProjectLockRecord(decoding: input) else { continue }
      check((try? ProjectLockRecord(decoding: record.encode())) == record, "it encodes to what it was")
      let pause = record.pause(at: Moment(nanoseconds: .max), boot: record.boot)
      check(pause <= ProjectLockRecord.longestPause, "nobody is held up for long")
    }
  }

  /// Memory: two slots with a bitmap of 512 bytes each, made in arrays that double.
  static let cursor = FuzzTarget(
    name: "cursor",
    maximumLength: ReaderFile.byteCount,
    allocationBase: 32 << 10,
    allocationPerByte: 1,
    seeds: ["disk/reader.hex"]
  ) { bytes in
    readReader(bytes)
    let mended = uncounted { mendedReader(bytes) }
    readReader(mended)
  }

  private static func mendedReader(_ bytes: [UInt8]) -> [UInt8] {
    var mended = Mending.file(bytes, as: .reader, checksumAt: 64) ?? bytes
    for slot in [4_096, 8_192] where mended.count >= slot + ReaderFile.Slot.byteCount {
      mended.put(Checksum.crc32c(mended, in: slot..<slot + 552), at: slot + 552)
    }
    return mended
  }

  private static func readReader(_ bytes: [UInt8]) {
    _ = try? ReaderFile.Header(decoding: bytes)
    guard let slot = ReaderFile.newestSlot(in: bytes) else { return }
    uncounted {
      var cursor = slot.cursor
      let next = cursor.through.next
      check(!cursor.contains(next), "what is acknowledged without a gap counts as one")
      check(cursor.acknowledge(next) == .accepted && cursor.through >= next, "the next one moves it on")
      let again = ReaderFile.Slot(
        generation: slot.generation,
        journal: slot.journal,
        cursor: slot.cursor,
        written: slot.written
      )
      var file = [UInt8](repeating: 0, count: ReaderFile.byteCount)
      file.replaceSubrange(again.offset..<again.offset + ReaderFile.Slot.byteCount, with: again.encode())
      check(
        cursor.through > .highest || ReaderFile.newestSlot(in: file) == slot,
        "a slot encodes to what it was"
      )
    }
  }

  /// Memory: a hash of eight bytes is in a block and in a set, both of which double.
  static let importedIDs = FuzzTarget(
    name: "ids",
    maximumLength: 4_096,
    allocationBase: 32 << 10,
    allocationPerByte: 32,
    seeds: ["disk/ids.hex"]
  ) { bytes in
    readImported(bytes)
    let mended = uncounted { mendedImported(bytes) }
    if let mended { readImported(mended) }
  }

  private static func mendedImported(_ bytes: [UInt8]) -> [UInt8]? {
    guard var mended = Mending.file(bytes, as: .importedIDs, checksumAt: 12) else { return nil }
    for start in stride(from: 512, through: mended.count - 512, by: 512) {
      Mending.block(&mended, start..<start + 512, checksumAt: start + 36)
    }
    return mended
  }

  private static func readImported(_ bytes: [UInt8]) {
    let journal = UniqueID(high: 1, low: 2)
    guard let memory = try? ImportedIDs(decoding: bytes, journal: journal) else { return }
    uncounted {
      var grown = memory
      if grown.isTooSmall(forWindowOf: 1) { grown.enlarge(forWindowOf: 1) }
      let writes = grown.remember(Array(1...70), through: SequenceNumber(1))
      check((1...70).allSatisfy { grown.contains($0) }, "what was just imported is remembered")
      check(writes.allSatisfy { $0.bytes.count == ImportedIDs.blockByteCount }, "it is written by blocks")
    }
  }

  /// Memory: no more than 256 bytes are looked at.
  static let lockLine = FuzzTarget(
    name: "lock",
    maximumLength: 300,
    allocationBase: 4 << 10,
    allocationPerByte: 0,
    seeds: ["disk/lock.txt"]
  ) { bytes in
    let contents = LockContents(decoding: bytes)
    uncounted {
      guard case .ours(let holder) = contents.second, let process = contents.process else { return }
      let encoded = LockContents(process: process, holder: holder).encode()
      check(LockContents(decoding: encoded) == contents, "a lock of ours encodes to one of ours")
    }
  }
}
