internal import ChannelMessages
internal import ChannelModel

/// Puts right checksums into bytes that a fuzzer made up: otherwise it would see little beyond the first check.
enum Mending {
  /// Gives a file the opening of its kind and a checksum of all before `offset`; nil when it is too short for that.
  static func file(_ bytes: [UInt8], as format: DiskFormat, checksumAt offset: Int) -> [UInt8]? {
    guard bytes.count >= offset + 4 else { return nil }
    var mended = bytes
    mended.replaceSubrange(0..<DiskFormat.byteCount, with: format.opening)
    put(Checksum.crc32c(mended, in: 0..<offset), into: &mended, at: offset)
    return mended
  }

  /// Gives each record, one behind the other from `offset` on, a checksum under this journal's seed.
  static func records(_ bytes: [UInt8], from offset: Int, seed: UInt32) -> [UInt8] {
    var mended = bytes
    var next = offset
    while mended.count - next >= JournalRecord.headByteCount {
      let length = (0..<4).reduce(0) { $0 | Int(mended[next + $1]) << (8 * $1) }
      // Some stay broken, so that there is something to step over.
      guard length >= JournalRecord.headByteCount, length <= mended.count - next else { break }
      if mended[next + 4] != 0xFF {
        let start = Checksum.crc32c(mended, in: next..<next + 4, from: seed)
        put(Checksum.crc32c(mended, in: next + 8..<next + length, from: start), into: &mended, at: next + 4)
      }
      next += length
    }
    return mended
  }

  /// A checksum over a block except for its own four bytes, which stand at `place`.
  static func block(_ bytes: inout [UInt8], _ block: Range<Int>, checksumAt place: Int) {
    let start = Checksum.crc32c(bytes, in: block.lowerBound..<place)
    put(Checksum.crc32c(bytes, in: place + 4..<block.upperBound, from: start), into: &bytes, at: place)
  }

  static func put(_ value: UInt32, into bytes: inout [UInt8], at offset: Int) {
    for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * place)) }
  }
}
