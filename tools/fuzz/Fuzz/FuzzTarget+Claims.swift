internal import ChannelMessages
internal import ChannelModel

/// The table of a group's claims.
extension FuzzTarget {
  /// Memory: two slots are copied out of the file, and a claim of 24 bytes becomes one of 48 in an array that doubles.
  static let claims = FuzzTarget(
    name: "claims",
    // The first slot with a few claims; the second lies a hundred kilobytes on and is the same to read.
    maximumLength: 8_192,
    allocationBase: 16 << 10,
    allocationPerByte: 12,
    seeds: ["disk/claims.hex"]
  ) { bytes in
    readClaims(bytes)
    let mended = uncounted { mendedClaims(bytes) }
    readClaims(mended)
  }

  private static func mendedClaims(_ bytes: [UInt8]) -> [UInt8] {
    var mended = Mending.file(bytes, as: .claims, checksumAt: 8) ?? bytes
    let start = ClaimsFile.offset(of: 0)
    guard mended.count >= start + ClaimsFile.slotHeadByteCount else { return mended }
    let room = (mended.count - start - ClaimsFile.slotHeadByteCount) / 24
    mended.put(UInt32(min(room, Cursor.span)), at: start + 48)
    mended[start] &= 0xFE
    guard let count = ClaimsFile.Slot.byteCount(head: Array(mended[start...])) else { return mended }
    let sum = Checksum.crc32c(mended, in: start..<start + 52)
    let end = start + count
    mended.put(Checksum.crc32c(mended, in: start + ClaimsFile.slotHeadByteCount..<end, from: sum), at: start + 52)
    return mended
  }

  private static func readClaims(_ bytes: [UInt8]) {
    _ = try? ClaimsFile.check(bytes)
    guard let slot = ClaimsFile.newestSlot(in: bytes) else { return }
    uncounted {
      let again = ClaimsFile.Slot(
        generation: slot.generation,
        journal: slot.journal,
        boot: slot.boot,
        offered: slot.offered,
        claims: slot.claims
      )
      check(ClaimsFile.Slot(again.encode(), at: ClaimsFile.offset(of: slot.generation)) == slot, "it encodes to itself")
      var group = GroupClaims(Cursor(through: slot.offered), offered: slot.offered, claims: slot.claims)
      check(group.isComplete && group.claims.isEmpty, "what is acknowledged is claimed by nobody")
      let start = SequenceNumber(slot.offered.rawValue - min(slot.offered.rawValue, 100))
      group = GroupClaims(Cursor(through: start), offered: slot.offered, claims: slot.claims)
      group.release(group.members)
      let given = group.claimReleased(.max, for: 1, at: Moment(nanoseconds: 1))
      check(given.count == Int(slot.offered.distance(from: start)), "each open seq stands in one claim")
      for one in given { check(group.acknowledge(one.number) == .accepted, "and is acknowledged once") }
      check(group.isComplete, "then nothing is open")
    }
  }
}
