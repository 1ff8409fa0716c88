// One record of a journal, as values and as bytes.

internal import ChannelMessages

/// A record's head: everything but the bytes it carries.
package struct JournalRecord: Hashable, Sendable {
  /// What a record is.
  package enum Kind: UInt8, CaseIterable, Hashable, Sendable {
    case message = 1
    case foreign = 2
    case recovered = 3
    case gap = 4
    case cleared = 5
    case seal = 6

    /// Whether it carries a message that a reader gets and a window may show.
    package var carriesMessage: Bool { self == .message || self == .foreign || self == .recovered }
  }

  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let lastOfBatch = Flags(rawValue: 1)
    package static let copy = Flags(rawValue: 2)
    package static let suspect = Flags(rawValue: 4)
    static let known: Flags = [.lastOfBatch, .copy, .suspect]
  }

  package static let headByteCount = 26
  package static let highestByteCount = headByteCount + 64 << 20

  package let sequenceNumber: SequenceNumber
  package let time: WallTime
  package let kind: Kind
  package let flags: Flags
  /// Where the bytes it carries lie, in what it was read from.
  package let content: Range<Int>

  /// Why bytes are no record.
  package enum Fault: Hashable, Sendable {
    /// Zeros: nothing was written here.
    case unwritten
    case impossibleLength(UInt32)
    case checksum
    case impossibleNumber(UInt64)
    case unknownKind(UInt8)
    case unknownFlags(UInt8)
    case impossibleContent(Kind)
  }

  /// What lies at an offset.
  package enum Finding: Hashable, Sendable {
    case record(JournalRecord)
    /// A record that may still be coming: it needs so many bytes from the offset on.
    case incomplete(needed: Int)
    case broken(Fault)
  }

  /// The checksum that all records of a journal begin theirs with.
  package static func seed(of journal: UniqueID) -> UInt32 {
    Checksum.crc32c(journal.bytes)
  }

  /// Looks at what lies at `offset`; believes nothing but its length before the checksum fits.
  package static func find(in bytes: [UInt8], at offset: Int, seed: UInt32) -> Finding {
    let available = bytes.count - offset
    guard available >= 4 else { return .incomplete(needed: headByteCount) }
    let length: UInt32 = bytes.littleEndian(at: offset)
    guard length != 0 else { return .broken(.unwritten) }
    guard length >= headByteCount, length <= highestByteCount else { return .broken(.impossibleLength(length)) }
    guard available >= length else { return .incomplete(needed: Int(length)) }
    let end = offset + Int(length)
    let start = Checksum.crc32c(bytes, in: offset..<offset + 4, from: seed)
    guard bytes.littleEndian(at: offset + 4) == Checksum.crc32c(bytes, in: offset + 8..<end, from: start) else {
      return .broken(.checksum)
    }
    return verified(bytes, at: offset, end: end)
  }

  /// Reads the fields of a record whose checksum fits; a peer that knows the journal's identifier may still lie.
  private static func verified(_ bytes: [UInt8], at offset: Int, end: Int) -> Finding {
    let number = SequenceNumber(bytes.littleEndian(at: offset + 8))
    guard number.numbersARecord else { return .broken(.impossibleNumber(number.rawValue)) }
    guard let kind = Kind(rawValue: bytes[offset + 24]) else { return .broken(.unknownKind(bytes[offset + 24])) }
    let flags = Flags(rawValue: bytes[offset + 25])
    guard flags.isSubset(of: .known) else { return .broken(.unknownFlags(flags.rawValue)) }
    let content = offset + headByteCount..<end
    switch kind {
    case .message, .foreign, .recovered:
      guard !content.isEmpty else { return .broken(.impossibleContent(kind)) }
    case .gap:
      guard GapNotice(decoding: bytes, at: content.lowerBound, count: content.count) != nil else {
        return .broken(.impossibleContent(kind))
      }
    case .cleared:
      guard content.count == 8, bytes.littleEndian(at: content.lowerBound) <= SequenceNumber.highest.rawValue else {
        return .broken(.impossibleContent(kind))
      }
    case .seal:
      guard content.isEmpty else { return .broken(.impossibleContent(kind)) }
    }
    return .record(
      JournalRecord(
        sequenceNumber: number,
        time: WallTime(nanoseconds: bytes.littleEndian(at: offset + 16)),
        kind: kind,
        flags: flags,
        content: content
      )
    )
  }

  /// What a gap record says; nil for any other kind.
  package func gap(in bytes: [UInt8]) -> GapNotice? {
    kind == .gap ? GapNotice(decoding: bytes, at: content.lowerBound, count: content.count) : nil
  }

  /// The floor that a cleared record sets; nil for any other kind.
  package func floor(in bytes: [UInt8]) -> SequenceNumber? {
    kind == .cleared ? SequenceNumber(bytes.littleEndian(at: content.lowerBound)) : nil
  }
}
