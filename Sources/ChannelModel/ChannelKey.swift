// What lets a channel recognise its own messages.

internal import ChannelMessages

/// The channel's identifier and its two secret keys, made with the channel.
package struct ChannelKey: Hashable, Sendable {
  package static let byteCount = 60

  package let channel: UniqueID
  /// For ids that prove themselves.
  let proof: UniqueID
  /// For the hashes of foreign messages.
  let memory: UniqueID

  /// Makes a key of 48 random bytes.
  package init(random bytes: [UInt8]) {
    precondition(bytes.count == 48, "a key is made of 48 random bytes")
    channel = UniqueID(bytes, at: 0)
    proof = UniqueID(bytes, at: 16)
    memory = UniqueID(bytes, at: 32)
  }

  package init(decoding bytes: [UInt8]) throws(DiskFormat.Failure) {
    try DiskFormat.key.check(bytes, needs: Self.byteCount, checksumAt: 56)
    self.init(random: Array(bytes[8..<56]))
  }

  package func encode() -> [UInt8] {
    var bytes = DiskFormat.key.opening
    bytes += channel.bytes + proof.bytes + memory.bytes
    bytes.append(littleEndian: Checksum.crc32c(bytes))
    return bytes
  }

  /// The id of our message with this seq: it has the form of a UUID of version 4.
  package func id(of number: SequenceNumber, in direction: Direction) -> UniqueID {
    let output = SipHash.hash128(
      channel.high.byteSwapped,
      channel.low.byteSwapped,
      byte: direction.rawValue,
      number.rawValue,
      key: Self.key(proof)
    )
    // Its bytes in their order: 0 and 1, then 2 to 9.
    let first = UInt64(truncatingIfNeeded: output).byteSwapped
    let second = UInt64(truncatingIfNeeded: output >> 64).byteSwapped
    let version: UInt64 = 0x4000 | first >> 48 & 0x0FFF
    let variant: UInt64 = 1 << 63 | (first << 16 | second >> 48) & ~0 >> 2
    return UniqueID(high: number.rawValue << 16 | version, low: variant)
  }

  /// Writes the id's text over 36 bytes; they must be there.
  func writeID(of number: SequenceNumber, in direction: Direction, to bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count >= OwnIDs.byteCount, "an id has 36 characters")
    let id = id(of: number, in: direction)
    let first = Self.digits(UInt32(truncatingIfNeeded: id.high >> 32))
    let second = Self.digits(UInt32(truncatingIfNeeded: id.high))
    let third = Self.digits(UInt32(truncatingIfNeeded: id.low >> 32))
    let fourth = Self.digits(UInt32(truncatingIfNeeded: id.low))
    unsafe bytes.storeBytes(of: first, toByteOffset: 0, as: UInt64.self)
    unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: second), toByteOffset: 9, as: UInt32.self)
    unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32), toByteOffset: 14, as: UInt32.self)
    unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: third), toByteOffset: 19, as: UInt32.self)
    unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32), toByteOffset: 24, as: UInt32.self)
    unsafe bytes.storeBytes(of: fourth, toByteOffset: 28, as: UInt64.self)
    unsafe bytes[8] = UInt8(ascii: "-")
    unsafe bytes[13] = UInt8(ascii: "-")
    unsafe bytes[18] = UInt8(ascii: "-")
    unsafe bytes[23] = UInt8(ascii: "-")
  }

  /// The eight lower-case digits of a number, the first one lowest.
  private static func digits(_ value: UInt32) -> UInt64 {
    var spread = UInt64(value)
    spread = (spread << 16 | spread) & 0x0000_FFFF_0000_FFFF
    spread = (spread << 8 | spread) & 0x00FF_00FF_00FF_00FF
    spread = (spread << 4 | spread) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = (spread + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (spread + 0x3030_3030_3030_3030 + letters * 0x27).bigEndian
  }

  /// The seq that an id proves; nil for any id that this channel did not make for this direction.
  package func sequenceNumber(provenBy id: UniqueID, in direction: Direction) -> SequenceNumber? {
    let number = SequenceNumber(id.high >> 16)
    return number.numbersARecord && self.id(of: number, in: direction) == id ? number : nil
  }

  private static func key(_ id: UniqueID) -> SipHash.Key {
    SipHash.Key(low: id.high.byteSwapped, high: id.low.byteSwapped)
  }

  /// What a foreign message is remembered by, `place` being how many equal ones stand before it in its window.
  package func memory(of message: ForeignTraits, place: Int) -> UInt64 {
    var input = message.encoded
    input.append(littleEndian: UInt32(truncatingIfNeeded: place))
    return SipHash.hash64(input, key: Self.key(memory))
  }
}
