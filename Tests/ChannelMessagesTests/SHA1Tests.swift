import ChannelMessages
import Testing

@Suite("SHA-1") struct SHA1Tests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// RFC 3174, 7.3, but a tenth of its million letters; and the hash of nothing.
  @Test(arguments: [
    ("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ("a", 100_000, "c4d4b30851182fc4eb8675494d42fd7f17e29c93"),
    (
      "0123456701234567012345670123456701234567012345670123456701234567", 10,
      "dea356a2cddd90c7a7ecedc5ebb563934f460452"
    ),
  ])
  func agreesWithTheVectors(_ text: String, _ count: Int, _ expected: String) {
    #expect(hex(SHA1.hash(Array(String(repeating: text, count: count).utf8))) == expected)
  }

  /// The hash of all hashes of the first 200 lengths, as Python's hashlib gives it: so many blocks end everywhere.
  @Test func padsEveryLength() {
    let hashes = (0..<200).flatMap { length in SHA1.hash((0..<length).map { UInt8(($0 * 7 + length) & 255) }) }
    #expect(hex(SHA1.hash(hashes)) == "c2add6cb3908952ddaf192d7f14c30588649e3b5")
  }
}
