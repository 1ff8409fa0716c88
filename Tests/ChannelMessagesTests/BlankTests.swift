import ChannelMessages
import Testing

@Suite struct BlankTests {
  static let white: [UInt32] =
    Array(0x09...0x0D) + [0x20, 0x85, 0xA0, 0x1680] + Array(0x2000...0x200A) + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000]

  @Test func emptyTextIsBlank() { #expect(MessageArray.isBlank([])) }

  @Test func exactlyUnicodesWhiteSpaceIsBlank() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isWhite = MessageArray.isBlank(Array(String(Character(scalar)).utf8))
      if isWhite != Self.white.contains(value) { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test func aHalfCharacterIsNotBlank() {
    for bytes: [UInt8] in [[0xC2], [0xE2], [0xE2, 0x80], [0xE3, 0x80], [0xE1, 0x9A], [0x20, 0xC2], [0xA0], [0x00]] {
      #expect(!MessageArray.isBlank(bytes))
    }
  }
}
