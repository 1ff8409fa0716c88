/// The bytes that a well-formed JSON string stands for, one after the other, without making a copy.
///
/// Half of a surrogate pair yields the three bytes that it would have if it were a character: no UTF-8, but it keeps
/// different keys different.
struct EscapedText: IteratorProtocol {
  private let bytes: ScanBytes
  private var at: Int
  private let end: Int
  /// Bytes of a decoded escape that are still to come, the next one lowest.
  private var pending: UInt32 = 0
  private var pendingCount = 0

  init(_ bytes: ScanBytes, _ start: Int, _ end: Int) {
    self.bytes = bytes
    at = start
    self.end = end
  }

  mutating func next() -> UInt8? {
    if pendingCount > 0 {
      pendingCount -= 1
      let byte = UInt8(truncatingIfNeeded: pending)
      pending >>= 8
      return byte
    }
    guard at < end else { return nil }
    let byte = bytes[at]
    guard byte == UInt8(ascii: "\\") else {
      at += 1
      return byte
    }
    at += 2
    switch bytes[at - 1] {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"): return unicode()
    case let same: return same
    }
  }

  /// The first byte of the character behind `\u`; the others become pending.
  private mutating func unicode() -> UInt8 {
    var scalar = UInt32(unit())
    if scalar & 0xFC00 == 0xD800, at + 5 < end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") {
      let before = at
      at += 2
      let second = UInt32(unit())
      if second & 0xFC00 == 0xDC00 {
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + (second & 0x3FF)
      } else {
        at = before
      }
    }
    switch scalar {
    case 0..<0x80:
      return UInt8(scalar)
    case 0x80..<0x800:
      pending = 0x80 | scalar & 0x3F
      pendingCount = 1
      return UInt8(0xC0 | scalar >> 6)
    case 0x800..<0x10000:
      pending = 0x80 | scalar >> 6 & 0x3F | (0x80 | scalar & 0x3F) << 8
      pendingCount = 2
      return UInt8(0xE0 | scalar >> 12)
    default:
      pending = 0x80 | scalar >> 12 & 0x3F | (0x80 | scalar >> 6 & 0x3F) << 8 | (0x80 | scalar & 0x3F) << 16
      pendingCount = 3
      return UInt8(0xF0 | scalar >> 18)
    }
  }

  /// Four hexadecimal digits, which the scanner saw to be there.
  private mutating func unit() -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      unit = unit << 4 | UInt16(Hexadecimal.value(of: bytes[at]) ?? 0)
      at += 1
    }
    return unit
  }
}
