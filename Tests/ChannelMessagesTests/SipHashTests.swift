import ChannelMessages
import Testing

@Suite struct SipHashTests {
  /// The vectors of the algorithm's authors; OpenSSL gives the same.
  static let vectors = Fixture.lines("siphash-2-4.txt").enumerated().map { ($0.offset, String($0.element)) }

  @Test func thereAreVectorsForAllLengthsTo63() { #expect(Self.vectors.count == 64) }

  @Test(arguments: vectors) func agreesWithTheVectors(_ length: Int, _ line: String) throws {
    let key = try #require(SipHash.Key(Array(0..<16)))
    let input = [UInt8](0..<UInt8(length))
    func hex(_ bytes: [UInt8]) -> String {
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    var narrow: [UInt8] = []
    narrow.append(littleEndian: SipHash.hash64(input, key: key))
    var wide: [UInt8] = []
    wide.append(littleEndian: SipHash.hash128(input, key: key))
    #expect(hex(narrow) + " " + hex(wide) == line)
  }

  @Test(arguments: 0..<64) func isTheSameHoweverTheBytesArrive(_ length: Int) {
    let key = SipHash.Key(low: 0x0123_4567_89AB_CDEF, high: 42)
    let input = (0..<length).map { UInt8($0 * 7 & 0xFF) }
    let whole = SipHash.hash64(input, key: key)
    var byByte = SipHash(key)
    for byte in input { byByte.update(byte: byte) }
    #expect(byByte.finish64() == whole)
    for cut in 0...length {
      var parts = SipHash(wide: key)
      parts.update(Array(input[..<cut]))
      parts.update(Array(input[cut...]))
      #expect(parts.finish128() == SipHash.hash128(input, key: key))
    }
  }

  @Test func takesNumbersAsTheirLittleEndianBytes() {
    let key = SipHash.Key(low: 1, high: 2)
    var bytes: [UInt8] = [9]
    bytes.append(littleEndian: 0x1122_3344_5566_7788 as UInt64)
    var hash = SipHash(key)
    hash.update(byte: 9)
    hash.update(littleEndian: 0x1122_3344_5566_7788)
    #expect(hash.finish64() == SipHash.hash64(bytes, key: key))
  }

  @Test func aKeyHasSixteenBytes() {
    #expect(SipHash.Key([UInt8](repeating: 0, count: 15)) == nil)
    #expect(SipHash.Key([UInt8](repeating: 0, count: 17)) == nil)
    #expect(SipHash.Key(Array(0..<16)) == SipHash.Key(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908))
  }
}
