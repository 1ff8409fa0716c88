internal import ChannelMessages
internal import ChannelModel

/// The table of a group's claims.
extension FuzzTarget {
  /// Memory: two slots are copied out of the file, and a claim of 24 bytes becomes one of 48 in an array that doubles.
  static let claims = FuzzTarget(
    name: "claims",
    maximumLength: ClaimsFile.highestByteCount,
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
    for generation in UInt64(0)...1 {
      let start = ClaimsFile.offset(of: generation)
      let head = start + ClaimsFile.slotHeadByteCount
      guard mended.count >= head else { return mended }
      mended[start] = mended[start] & 0xFE | UInt8(generation)
      // As many claims as asked for, where there is room for them: else hardly any input would have a whole slot.
      let room = min((mended.count - head) / 24, Cursor.span)
      let count = Int(mended.littleEndian(at: start + 48, as: UInt32.self)) % (room + 1)
      mended.put(UInt32(count), at: start + 48)
      let sum = Checksum.crc32c(mended, in: start..<start + 52)
      mended.put(Checksum.crc32c(mended, in: head..<head + count * 24, from: sum), at: start + 52)
    }
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
