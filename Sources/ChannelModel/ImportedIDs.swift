// The memory of foreign messages: what was imported once is never imported again.

internal import ChannelMessages

/// A bounded ring of hashes that survives retention, crashes and the journal itself.
package struct ImportedIDs: Hashable, Sendable {
  package static let blockByteCount = 512
  package static let hashesInABlock = 59
  /// At least so many hashes are remembered, however small the windows are.
  package static let leastHashCount = 65_536
  /// A window larger than our reading limit is never read, so no ring needs more blocks than this.
  static let highestBlockCount = 1 << 17

  /// More than anybody can have imported; a forged one must not bring the next one to an end.
  private static let highestOrdinal: UInt64 = 1 << 60

  /// How many blocks the file has room for.
  package private(set) var blockCount: Int
  /// The journal that `completeThrough` speaks of.
  package private(set) var journal: UniqueID
  /// Every foreign record of the journal up to this seq is in here.
  package private(set) var completeThrough: SequenceNumber
  /// The last import that was about to append its records; see `begin`.
  package private(set) var begun = Mark.none
  package private(set) var hashes: Set<UInt64> = []
  /// The blocks that are remembered, oldest first; only the last may have room.
  private var blocks: [Block] = []

  private struct Block: Hashable, Sendable {
    var ordinal: UInt64
    var through: SequenceNumber
    var hashes: [UInt64] = []
  }

  /// An import that was about to append its records.
  package struct Mark: Hashable, Sendable {
    /// The first of them.
    package let number: SequenceNumber
    /// Counts the marks: one that dies leaves its number to the next, and yet no two marks that follow each other are alike.
    package let turn: UInt16

    package static let none = Mark(number: .none, turn: 0)

    package init(number: SequenceNumber, turn: UInt16 = 0) {
      self.number = number
      self.turn = turn
    }
  }

  /// One write into the file.
  package struct Write: Hashable, Sendable {
    package let offset: Int
    package let bytes: [UInt8]
  }

  /// An empty memory with room for `hashCount` hashes or more.
  package init(journal: UniqueID, hashCount: Int = leastHashCount) {
    self.journal = journal
    blockCount = Self.blockCount(for: hashCount)
    completeThrough = .none
  }

  package func contains(_ hash: UInt64) -> Bool { hashes.contains(hash) }

  /// Where the mark of an import that begins stands in the file, and how long it is.
  package static let markPlace = 16..<28

  /// Takes note that records from this seq on are about to be appended, and says what to write before they are.
  ///
  /// Whoever dies between appending and remembering leaves a mark ahead of what is remembered, and the next reads those
  /// records from the journal. And a mark that is not the one that was read says that another has imported since.
  package mutating func begin(at number: SequenceNumber) -> Write {
    begun = Mark(number: number, turn: begun.turn &+ 1)
    return Write(offset: Self.markPlace.lowerBound, bytes: Self.encode(begun))
  }

  /// The mark of a file that was made anew: nobody has read yet what the journal holds. No import begins there.
  package static let unread = SequenceNumber.highest

  /// From where on the journal may hold foreign records that are not remembered, `.none` for wherever it begins; nil when
  /// there are none.
  package var unrememberedFrom: SequenceNumber? {
    if begun.number == Self.unread { return SequenceNumber.none }
    return begun.number > completeThrough ? begun.number : nil
  }

  /// Takes note that the journal was read for a file that was made anew, and says what to write then.
  ///
  /// The mark changes with that, so that others who were reading it as well go by what this one wrote.
  package mutating func wasRead() -> Write? {
    guard begun.number == Self.unread else { return nil }
    return begin(at: blocks.isEmpty ? .none : completeThrough)
  }

  /// A mark as it stands in a file; `none` where there is no sound one. The seq has 48 bits, the turn those above.
  package static func begun(inMark bytes: [UInt8]) -> Mark {
    guard bytes.count == markPlace.count, bytes.littleEndian(at: 8) == Checksum.crc32c(bytes, in: 0..<8) else {
      return .none
    }
    let bits: UInt64 = bytes.littleEndian(at: 0)
    let number = SequenceNumber(bits & SequenceNumber.highest.rawValue)
    return Mark(number: number, turn: UInt16(truncatingIfNeeded: bits >> 48))
  }

  private static func encode(_ mark: Mark) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: mark.number.rawValue | UInt64(mark.turn) << 48)
    bytes.append(littleEndian: Checksum.crc32c(bytes))
    return bytes
  }

  /// Remembers what was imported with the records up to `through`, and says what to write.
  ///
  /// The blocks come in the order in which they must be written: a crash between two leaves a memory that is complete up
  /// to an earlier seq and knows it.
  package mutating func remember(_ imported: [UInt64], through: SequenceNumber) -> [Write] {
    var changed: [Int] = []
    for hash in imported where hashes.insert(hash).inserted {
      if blocks.last.map({ $0.hashes.count == Self.hashesInABlock }) ?? true {
        blocks.append(Block(ordinal: (blocks.last?.ordinal).map { $0 + 1 } ?? 0, through: completeThrough))
      }
      blocks[blocks.count - 1].hashes.append(hash)
      if changed.last != blocks.count - 1 { changed.append(blocks.count - 1) }
    }
    completeThrough = max(completeThrough, through)
    guard !blocks.isEmpty else { return [] }
    blocks[blocks.count - 1].through = completeThrough
    if changed.last != blocks.count - 1 { changed.append(blocks.count - 1) }
    let writes = changed.map { write(blocks[$0]) }
    forgetOldest()
    return writes
  }

  /// Whether a window of so many elements needs a larger memory: then `enlarge` and write the whole file anew.
  ///
  /// Ask after reading a file as well: somebody may have left one that remembers next to nothing.
  package func isTooSmall(forWindowOf count: Int, least: Int = leastHashCount) -> Bool {
    blockCount < Self.blockCount(for: max(2 * count, least))
  }

  package mutating func enlarge(forWindowOf count: Int, least: Int = leastHashCount) {
    blockCount = max(blockCount, Self.blockCount(for: max(2 * count, least)))
    // Numbered anew: a ring that is not full has to begin with the first ordinal.
    for place in blocks.indices { blocks[place].ordinal = UInt64(place) }
  }

  /// One more than the hashes fill: when a block is begun, the oldest goes as a whole.
  private static func blockCount(for hashCount: Int) -> Int {
    min((max(hashCount, 1) + hashesInABlock - 1) / hashesInABlock + 1, highestBlockCount)
  }

  /// Goes on with another journal: the hashes stay, the seq does not.
  package mutating func follow(_ other: UniqueID) {
    guard other != journal else { return }
    journal = other
    completeThrough = .none
    begun = Mark(number: .none, turn: begun.turn)
    for place in blocks.indices { blocks[place].through = .none }
  }

  private mutating func forgetOldest() {
    guard blocks.count > blockCount else { return }
    let excess = blocks.count - blockCount
    for block in blocks[..<excess] { hashes.subtract(block.hashes) }
    blocks.removeFirst(excess)
  }

  // MARK: The file

  /// The whole file.
  package func encode() -> [UInt8] {
    var bytes = DiskFormat.importedIDs.opening
    bytes.append(littleEndian: UInt32(blockCount))
    bytes.append(littleEndian: Checksum.crc32c(bytes))
    bytes += Self.encode(begun)
    bytes += [UInt8](repeating: 0, count: Self.blockByteCount - bytes.count)
    for write in blocks.map(write) {
      let end = write.offset + write.bytes.count
      if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
      bytes.replaceSubrange(write.offset..<end, with: write.bytes)
    }
    return bytes
  }

  /// Reads a file as far as it goes: blocks that are not there or do not fit are left out.
  package init(decoding bytes: [UInt8], journal: UniqueID) throws(DiskFormat.Failure) {
    try DiskFormat.importedIDs.check(bytes, needs: Self.blockByteCount, checksumAt: 12)
    blockCount = Int(bytes.littleEndian(at: 8, as: UInt32.self))
    guard (1...Self.highestBlockCount).contains(blockCount) else {
      throw .init(.importedIDs, .impossible(field: "number of blocks"))
    }
    self.journal = journal
    completeThrough = .none
    begun = Self.begun(inMark: Array(bytes[Self.markPlace]))
    var isOfThisJournal: [UInt64: Bool] = [:]
    for place in 0..<min(blockCount, bytes.count / Self.blockByteCount - 1) {
      guard let (block, owner) = Self.block(in: bytes, at: (place + 1) * Self.blockByteCount),
        block.ordinal % UInt64(blockCount) == UInt64(place)
      else { continue }
      blocks.append(block)
      isOfThisJournal[block.ordinal] = owner == journal
    }
    blocks.sort { $0.ordinal < $1.ordinal }
    // Of a ring that was once torn, blocks from before the tear may remain; what they remember is still true.
    for block in blocks { hashes.formUnion(block.hashes) }
    for (place, block) in blocks.enumerated() {
      let isFirst = place == 0 ? block.ordinal == 0 || blocks.count == blockCount : false
      let follows = place > 0 && blocks[place - 1].ordinal + 1 == block.ordinal
      guard isFirst || follows, place == blocks.count - 1 || block.hashes.count == Self.hashesInABlock else { break }
      if isOfThisJournal[block.ordinal] == true { completeThrough = max(completeThrough, block.through) }
    }
  }

  /// The highest seq that any sound block of a file speaks of, whatever journal it belongs to; nil for no such file.
  package static func highestNumber(in bytes: [UInt8]) -> SequenceNumber? {
    guard (try? DiskFormat.importedIDs.check(bytes, needs: blockByteCount, checksumAt: 12)) != nil else { return nil }
    return (1..<max(1, bytes.count / blockByteCount)).compactMap {
      block(in: bytes, at: $0 * blockByteCount)?.0.through
    }.max()
  }

  private func write(_ block: Block) -> Write {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: block.ordinal)
    bytes += journal.bytes
    bytes.append(littleEndian: block.through.rawValue)
    bytes.append(littleEndian: UInt32(block.hashes.count))
    let head = bytes.count
    bytes.append(littleEndian: UInt32(0))
    for hash in block.hashes { bytes.append(littleEndian: hash) }
    bytes += [UInt8](repeating: 0, count: Self.blockByteCount - bytes.count)
    bytes.put(Self.checksum(of: bytes, at: 0), at: head)
    let place = Int(block.ordinal % UInt64(blockCount))
    return Write(offset: (place + 1) * Self.blockByteCount, bytes: bytes)
  }

  private static func block(in bytes: [UInt8], at offset: Int) -> (Block, journal: UniqueID)? {
    guard bytes.littleEndian(at: offset + 36) == checksum(of: bytes, at: offset) else { return nil }
    let count = Int(bytes.littleEndian(at: offset + 32, as: UInt32.self))
    let ordinal: UInt64 = bytes.littleEndian(at: offset)
    let through = SequenceNumber(bytes.littleEndian(at: offset + 24))
    guard (1...hashesInABlock).contains(count), through <= .highest, ordinal <= highestOrdinal else { return nil }
    let hashes = (0..<count).map { bytes.littleEndian(at: offset + 40 + 8 * $0, as: UInt64.self) }
    return (Block(ordinal: ordinal, through: through, hashes: hashes), UniqueID(bytes, at: offset + 8))
  }

  private static func checksum(of bytes: [UInt8], at offset: Int) -> UInt32 {
    let start = Checksum.crc32c(bytes, in: offset..<offset + 36)
    return Checksum.crc32c(bytes, in: offset + 40..<offset + blockByteCount, from: start)
  }
}
