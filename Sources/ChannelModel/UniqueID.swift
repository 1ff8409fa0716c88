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

  /// One that nobody else draws.
  package static func random() -> UniqueID {
    UniqueID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
  }

  /// Reads sixteen bytes from `offset`; they must be there.
  package init(_ bytes: [UInt8], at offset: Int = 0) {
    high = UInt64(bigEndian: bytes.littleEndian(at: offset))
    low = UInt64(bigEndian: bytes.littleEndian(at: offset + 8))
  }

  /// Reads the text of a UUID: 32 hexadecimal digits of either case, a hyphen after the 8th, 12th, 16th and 20th.
  package init?(text: some Sequence<UInt8>) {
    let bytes = Array(text)
    self.init(text: bytes, at: 0, count: bytes.count)
  }

  /// The same from a part of bytes. Not generic: answers are recognised by it, and across targets that costs microseconds.
  package init?(text bytes: [UInt8], at offset: Int, count: Int) {
    guard count == 36 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for place in 0..<36 {
      let byte = bytes[offset + place]
      if place == 8 || place == 13 || place == 18 || place == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = Hexadecimal.value(of: byte) else { return nil }
      if place < 18 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
    }
    high = words.0
    low = words.1
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: high.bigEndian)
    bytes.append(littleEndian: low.bigEndian)
    return bytes
  }

  /// Puts the sixteen bytes over what lies at `offset`.
  package func put(in bytes: inout [UInt8], at offset: Int) {
    bytes.put(high.bigEndian, at: offset)
    bytes.put(low.bigEndian, at: offset + 8)
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
