// Sixteen bytes that tell one thing from all others.

internal import ChannelMessages

/// The identifier of a channel, a journal or a boot.
package struct UniqueID: Hashable, Sendable {
  package static let byteCount = 16

  /// Its bytes 0 to 7 and 8 to 15, the first one highest.
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads sixteen bytes from `offset`; they must be there.
  package init(_ bytes: [UInt8], at offset: Int = 0) {
    high = UInt64(bigEndian: bytes.littleEndian(at: offset))
    low = UInt64(bigEndian: bytes.littleEndian(at: offset + 8))
  }

  /// Reads the text of a UUID: 32 hexadecimal digits of either case, a hyphen after the 8th, 12th, 16th and 20th.
  package init?(text: some Sequence<UInt8>) {
    var digits: [UInt8] = []
    for (place, byte) in text.enumerated() {
      guard place < 36 else { return nil }
      if [8, 13, 18, 23].contains(place) {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard let digit = Hexadecimal.value(of: byte) else { return nil }
        digits.append(digit)
      }
    }
    guard digits.count == 32 else { return nil }
    high = digits[..<16].reduce(0) { $0 << 4 | UInt64($1) }
    low = digits[16...].reduce(0) { $0 << 4 | UInt64($1) }
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: high.bigEndian)
    bytes.append(littleEndian: low.bigEndian)
    return bytes
  }
}

extension UniqueID: CustomStringConvertible {
  /// The text of a UUID, in lower case.
  package var description: String {
    var text: [UInt8] = []
    for (place, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(place) { text.append(UInt8(ascii: "-")) }
      text.append(Hexadecimal.digit(byte >> 4))
      text.append(Hexadecimal.digit(byte))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
