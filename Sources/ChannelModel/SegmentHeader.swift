// What a journal segment begins with.

internal import ChannelMessages

/// Tells which journal a segment belongs to and what its first record is.
package struct SegmentHeader: Hashable, Sendable {
  package static let byteCount = 52

  package let journal: UniqueID
  package let boot: UniqueID
  package let first: SequenceNumber

  package init(journal: UniqueID, boot: UniqueID, first: SequenceNumber) {
    self.journal = journal
    self.boot = boot
    self.first = first
  }

  package init(decoding bytes: [UInt8]) throws(DiskFormat.Failure) {
    try DiskFormat.segment.check(bytes, needs: Self.byteCount, checksumAt: 48)
    journal = UniqueID(bytes, at: 8)
    boot = UniqueID(bytes, at: 24)
    first = SequenceNumber(bytes.integer(at: 40))
    guard first.numbersARecord else { throw .init(.segment, .impossible(field: "first seq")) }
  }

  package func encode() -> [UInt8] {
    var bytes = DiskFormat.segment.opening
    bytes += journal.bytes + boot.bytes
    bytes.append(integer: first.rawValue)
    bytes.append(integer: Checksum.crc32c(bytes))
    return bytes
  }
}
