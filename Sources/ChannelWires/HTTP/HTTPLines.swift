// The lines of a head, before anybody asks what they mean.

/// Finds the end of a head, and refuses lines that programs disagree about: ends of lines that are half ones, lines that
/// go on in the next, blanks before a colon, and bytes that no head has.
struct HTTPLines {
  /// So many bytes were looked at before.
  let seen: Int

  /// Where the head ends, behind its empty line; nil when it goes on.
  func end(in bytes: [UInt8]) throws(HTTPRefusal) -> Int? {
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
      if byte == 0x3A, before == 0x20 || before == 0x09, isName(bytes[..<place]) {
        throw .malformed("a blank before a colon")
      }
      if byte == 0x0A, place >= 3, bytes[place - 2] == 0x0A { return place + 1 }
    }
    return nil
  }

  /// Whether what ends here is the name of a header: a line's first part, without a colon, and not the first line.
  private func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let start = bytes.lastIndex(of: 0x0A) else { return false }
    // What stands behind an empty line at the very beginning is the first line too.
    return start > 1 && !bytes[start...].contains(0x3A)
  }
}
