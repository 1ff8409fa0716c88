// The lines of a head, before anybody asks what they mean.

/// Finds the end of a head, and refuses lines that programs disagree about: ends of lines that are half ones, lines that
/// go on in the next, blanks before a colon, and bytes that no head has.
struct HTTPLines {
  /// So many bytes were looked at.
  private var seen = 0
  /// Whether this line is a header, and not the first line.
  private var isHeader = false
  private var hasColon = false

  /// Where the head ends, behind its empty line; nil when it goes on. Each time with all that came so far.
  mutating func end(in bytes: [UInt8]) throws(HTTPRefusal) -> Int? {
    defer { seen = bytes.count }
    for place in seen..<bytes.count {
      let byte = bytes[place]
      // 0 stands for the beginning, where no line has begun.
      let before = place > 0 ? bytes[place - 1] : 0
      guard (before == 0x0D) == (byte == 0x0A) else { throw .malformed("a line that does not end as lines do") }
      guard byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte == 0x0A || byte == 0x0D else {
        throw .malformed("a control character in the head")
      }
      if before == 0x0A || place == 0, byte == 0x20 || byte == 0x09 {
        throw .malformed("a line that begins with a blank")
      }
      if byte == 0x3A {
        guard !isHeader || hasColon || before != 0x20 && before != 0x09 else {
          throw .malformed("a blank before a colon")
        }
        hasColon = true
      }
      if byte == 0x0A {
        if place >= 3, bytes[place - 2] == 0x0A { return place + 1 }
        // What stands behind an empty line at the very beginning is the first line too.
        isHeader = place > 1
        hasColon = false
      }
    }
    return nil
  }
}
