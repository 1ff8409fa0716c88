import ChannelMessages
import Testing

@Suite("Base64") struct Base64Tests {
  /// RFC 4648, section 10, and letters of all kinds.
  static let vectors: [([UInt8], String)] = [
    ([UInt8](""), ""), ([UInt8]("f"), "Zg=="), ([UInt8]("fo"), "Zm8="), ([UInt8]("foo"), "Zm9v"),
    ([UInt8]("foob"), "Zm9vYg=="), ([UInt8]("fooba"), "Zm9vYmE="), ([UInt8]("foobar"), "Zm9vYmFy"),
    ([0xFB, 0xFF, 0xFE], "+//+"), ([0, 0, 0], "AAAA"),
  ]

  @Test(arguments: vectors) func agreesWithTheVectors(_ bytes: [UInt8], _ text: String) {
    #expect(Base64.text(of: bytes) == text)
    #expect(Base64.bytes(of: text) == bytes)
  }

  @Test(arguments: [
    "Zg", "Zg=", "Z", "Z===", "====", "=", "Zg==Zg==", "Zm9vZg=", "Zm9v\n", "Zm 9v", "Zm9-", "Zm9_", "Zm8=Zm9v", "Zg=A",
    "Zm9é",
    // Bits that mean nothing and are set: the same bytes, written in two ways.
    "Zh==", "Zm9=",
  ])
  func refusesWhatItDoesNotWrite(_ text: String) {
    #expect(Base64.bytes(of: text) == nil)
  }

  @Test func readsWhatItWrites() {
    for length in 0..<300 {
      let bytes = (0..<length).map { UInt8(($0 * 41 + length) & 255) }
      #expect(Base64.bytes(of: Base64.text(of: bytes)) == bytes)
    }
  }
}
