/// SipHash-2-4 with 64 or 128 bits of output, after Aumasson and Bernstein: a keyed hash whose collisions nobody
/// finds who does not know the key.
package struct SipHash: Sendable {
  /// A secret of 128 bits.
  package struct Key: Hashable, Sendable {
    package let low: UInt64
    package let high: UInt64

    package init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }

    /// Sixteen bytes, the first one lowest; nil for another number of them.
    package init?(_ bytes: [UInt8]) {
      guard bytes.count == 16 else { return nil }
      self.init(low: bytes.littleEndian(at: 0), high: bytes.littleEndian(at: 8))
    }
  }

  /// The wide hash of 25 bytes: two words, a byte, and one more word, each lowest byte first.
  ///
  /// The form in which an id of ours is hashed with each append, in one piece.
  package static func hash128(_ first: UInt64, _ second: UInt64, byte: UInt8, _ last: UInt64, key: Key) -> UInt128 {
    var hash = SipHash(wide: key)
    hash.absorb(first)
    hash.absorb(second)
    hash.absorb(last << 8 | UInt64(byte))
    hash.absorb(last >> 56 | 25 << 56)
    hash.v2 ^= 0xEE
    for _ in 0..<4 { hash.round() }
    let low = hash.v0 ^ hash.v1 ^ hash.v2 ^ hash.v3
    hash.v1 ^= 0xDD
    for _ in 0..<4 { hash.round() }
    return UInt128(hash.v0 ^ hash.v1 ^ hash.v2 ^ hash.v3) << 64 | UInt128(low)
  }

  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64
  private let isWide: Bool
  /// Bytes that do not make a word yet, the first one lowest.
  private var tail: UInt64 = 0
  private var count = 0

  /// A hash of 64 bits, to be finished by `finish64`.
  package init(_ key: Key) { self.init(key, isWide: false) }

  /// A hash of 128 bits, to be finished by `finish128`.
  package init(wide key: Key) { self.init(key, isWide: true) }

  private init(_ key: Key, isWide: Bool) {
    self.isWide = isWide
    v0 = key.low ^ 0x736F_6D65_7073_6575
    v1 = key.high ^ 0x646F_7261_6E64_6F6D ^ (isWide ? 0xEE : 0)
    v2 = key.low ^ 0x6C79_6765_6E65_7261
    v3 = key.high ^ 0x7465_6462_7974_6573
  }

  /// The hash of bytes at once.
  package static func hash64(_ bytes: [UInt8], key: Key) -> UInt64 {
    var hash = SipHash(key)
    hash.update(bytes.span)
    return hash.finish64()
  }

  /// The hash of bytes at once; its little-endian bytes are the algorithm's output.
  package static func hash128(_ bytes: [UInt8], key: Key) -> UInt128 {
    var hash = SipHash(wide: key)
    hash.update(bytes.span)
    return hash.finish128()
  }

  package mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

  package mutating func update(_ bytes: Span<UInt8>) {
    ScanBytes.lend(bytes) { update($0) }
  }

  /// Eight bytes, lowest first.
  package mutating func update(littleEndian value: UInt64) {
    let held = UInt64(count & 7) * 8
    count &+= 8
    if held == 0 { return absorb(value) }
    absorb(tail | value << held)
    tail = value >> (64 - held)
  }

  package mutating func update(byte: UInt8) {
    tail |= UInt64(byte) << (UInt64(count & 7) * 8)
    count &+= 1
    if count & 7 == 0 {
      absorb(tail)
      tail = 0
    }
  }

  private mutating func update(_ bytes: ScanBytes) {
    var at = 0
    while let word = bytes.word(at) {
      update(littleEndian: word)
      at &+= 8
    }
    while at < bytes.count {
      update(byte: bytes[at])
      at &+= 1
    }
  }

  package consuming func finish64() -> UInt64 {
    precondition(!isWide, "a wide hash has 128 bits")
    close()
    v2 ^= 0xFF
    return finalWord()
  }

  package consuming func finish128() -> UInt128 {
    precondition(isWide, "make the hash by init(wide:)")
    close()
    v2 ^= 0xEE
    let low = finalWord()
    v1 ^= 0xDD
    return UInt128(finalWord()) << 64 | UInt128(low)
  }

  /// The last word holds what is left and the length's lowest byte.
  private mutating func close() {
    absorb(tail | UInt64(truncatingIfNeeded: count & 0xFF) << 56)
  }

  private mutating func finalWord() -> UInt64 {
    for _ in 0..<4 { round() }
    return v0 ^ v1 ^ v2 ^ v3
  }

  @inline(__always)
  private mutating func absorb(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  @inline(__always)
  private mutating func round() {
    v0 &+= v1
    v1 = v1 &<< 13 | v1 &>> 51
    v1 ^= v0
    v0 = v0 &<< 32 | v0 &>> 32
    v2 &+= v3
    v3 = v3 &<< 16 | v3 &>> 48
    v3 ^= v2
    v0 &+= v3
    v3 = v3 &<< 21 | v3 &>> 43
    v3 ^= v0
    v2 &+= v1
    v1 = v1 &<< 17 | v1 &>> 47
    v1 ^= v2
    v2 = v2 &<< 32 | v2 &>> 32
  }
}
