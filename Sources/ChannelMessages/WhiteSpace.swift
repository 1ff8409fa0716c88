/// White space as Unicode has it, in UTF-8: what a 1.0 peer trims before it asks whether a window is empty.
enum WhiteSpace {
  /// Where the first character from `start` on stands that is no white space.
  static func skip(_ bytes: ScanBytes, _ start: Int) -> Int {
    var at = start
    while at < bytes.count {
      let length = length(bytes, at)
      if length == 0 { return at }
      at += length
    }
    return at
  }

  /// The number of bytes of the white space that begins there, or 0.
  private static func length(_ bytes: ScanBytes, _ at: Int) -> Int {
    switch bytes[at] {
    case 0x09...0x0D, 0x20: return 1
    case 0xC2: return bytes[at + 1] == 0x85 || bytes[at + 1] == 0xA0 ? 2 : 0
    case 0xE1: return bytes[at + 1] == 0x9A && bytes[at + 2] == 0x80 ? 3 : 0
    case 0xE2:
      switch (bytes[at + 1], bytes[at + 2]) {
      case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): return 3
      default: return 0
      }
    case 0xE3: return bytes[at + 1] == 0x80 && bytes[at + 2] == 0x80 ? 3 : 0
    default: return 0
    }
  }

  /// Whether the text, white space around it apart, is `[]`: the peer takes that for empty without parsing it.
  static func isTrimmedEmptyArray(_ bytes: ScanBytes) -> Bool {
    let bracket = skip(bytes, 0)
    guard bytes[bracket] == UInt8(ascii: "["), bytes[bracket + 1] == UInt8(ascii: "]") else { return false }
    return skip(bytes, bracket + 2) == bytes.count
  }
}
