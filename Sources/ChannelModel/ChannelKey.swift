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
    var input = channel.bytes
    input.append(direction.rawValue)
    input.append(littleEndian: number.rawValue)
    var hash: [UInt8] = []
    hash.append(littleEndian: SipHash.hash128(input, key: Self.key(proof)))
    let tail = UniqueID(Array(repeating: 0, count: 6) + hash[..<10])
    let version: UInt64 = 0x4000 | tail.high & 0x0FFF
    let variant: UInt64 = 1 << 63 | tail.low & ~0 >> 2
    return UniqueID(high: number.rawValue << 16 | version, low: variant)
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
