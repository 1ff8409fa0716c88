// The file in which a group keeps who has what.

internal import ChannelMessages

/// The claims of a group as bytes: the file `readers/<name>~claims`.
package enum ClaimsFile {
  /// What stands at the beginning: it only says what the file is.
  package static let headerByteCount = 12
  package static let slotHeadByteCount = 56
  static let claimByteCount = 24
  /// Never more claims than seqs may be open.
  package static let highestSlotByteCount = slotHeadByteCount + Cursor.span * claimByteCount
  private static let offsets = [4_096, 4_096 + 102_400]
  package static let highestByteCount = 4_096 + 2 * 102_400

  package static var header: [UInt8] {
    var bytes = DiskFormat.claims.opening
    bytes.append(littleEndian: Checksum.crc32c(bytes))
    return bytes
  }

  /// Looks whether the beginning is that of such a file.
  package static func check(_ bytes: [UInt8]) throws(DiskFormat.Failure) {
    try DiskFormat.claims.check(bytes, needs: headerByteCount, checksumAt: 8)
  }

  /// Where the slot of a generation stands.
  package static func offset(of generation: UInt64) -> Int { offsets[Int(generation % 2)] }

  /// One writing of the claims; the two newest are kept.
  package struct Slot: Hashable, Sendable {
    package let generation: UInt64
    package let journal: UniqueID
    /// The boot that the claims' moments, and their members, belong to.
    package let boot: UniqueID
    package let offered: SequenceNumber
    package let claims: [GroupClaims.Claim]

    package init(
      generation: UInt64,
      journal: UniqueID,
      boot: UniqueID,
      offered: SequenceNumber,
      claims: [GroupClaims.Claim]
    ) {
      self.generation = generation
      self.journal = journal
      self.boot = boot
      self.offered = offered
      self.claims = claims
    }

    package func encode() -> [UInt8] {
      precondition(claims.count <= Cursor.span, "claims do not overlap")
      var bytes: [UInt8] = []
      bytes.reserveCapacity(slotHeadByteCount + claims.count * claimByteCount)
      bytes.append(littleEndian: generation)
      bytes += journal.bytes
      bytes += boot.bytes
      bytes.append(littleEndian: offered.rawValue)
      bytes.append(littleEndian: UInt32(claims.count))
      bytes.append(littleEndian: UInt32(0))
      for claim in claims {
        bytes.append(littleEndian: claim.first.rawValue)
        bytes.append(littleEndian: claim.since.nanoseconds)
        bytes.append(littleEndian: claim.member ?? 0)
        bytes.append(littleEndian: UInt16(claim.last.distance(from: claim.first) + 1))
        bytes += [claim.isRepeated ? 1 : 0, 0]
      }
      bytes.put(Self.checksum(of: bytes), at: 52)
      return bytes
    }

    /// How many bytes the slot has that begins with these; nil when they are the beginning of none.
    package static func byteCount(head bytes: [UInt8]) -> Int? {
      guard bytes.count >= slotHeadByteCount else { return nil }
      let count = bytes.littleEndian(at: 48, as: UInt32.self)
      return count <= Cursor.span ? slotHeadByteCount + Int(count) * claimByteCount : nil
    }

    /// Reads the slot that stands at an offset of the file; nil when it is torn or was never written.
    package init?(_ bytes: [UInt8], at offset: Int) {
      guard let byteCount = Self.byteCount(head: bytes), bytes.count >= byteCount else { return nil }
      let bytes = Array(bytes[..<byteCount])
      guard bytes.littleEndian(at: 52) == Self.checksum(of: bytes) else { return nil }
      generation = bytes.littleEndian(at: 0)
      journal = UniqueID(bytes, at: 8)
      boot = UniqueID(bytes, at: 24)
      offered = SequenceNumber(bytes.littleEndian(at: 40))
      guard generation < .max, offered <= .highest, ClaimsFile.offset(of: generation) == offset else { return nil }
      // What cannot be is left out: then nobody claims it, and it is offered again.
      claims = stride(from: slotHeadByteCount, to: byteCount, by: claimByteCount).compactMap {
        Self.claim(bytes, at: $0)
      }
    }

    private static func claim(_ bytes: [UInt8], at place: Int) -> GroupClaims.Claim? {
      let first = SequenceNumber(bytes.littleEndian(at: place))
      let member: UInt32 = bytes.littleEndian(at: place + 16)
      let count = Int(bytes.littleEndian(at: place + 20, as: UInt16.self))
      guard first.numbersARecord, (1...Cursor.span).contains(count), bytes[place + 22] <= 1 else { return nil }
      return GroupClaims.Claim(
        first: first,
        last: first.advanced(by: count - 1),
        member: member == 0 ? nil : member,
        isRepeated: bytes[place + 22] == 1,
        since: Moment(nanoseconds: bytes.littleEndian(at: place + 8))
      )
    }

    private static func checksum(of bytes: [UInt8]) -> UInt32 {
      Checksum.crc32c(bytes, in: slotHeadByteCount..<bytes.count, from: Checksum.crc32c(bytes, in: 0..<52))
    }
  }

  /// The newest slot that is whole, of a file's bytes; nil when nothing was claimed yet.
  package static func newestSlot(in bytes: [UInt8]) -> Slot? {
    offsets.filter { $0 < bytes.count }
      .compactMap { Slot(Array(bytes[$0..<min(bytes.count, $0 + highestSlotByteCount)]), at: $0) }
      .max { $0.generation < $1.generation }
  }
}
