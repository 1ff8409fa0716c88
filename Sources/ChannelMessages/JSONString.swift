/// Reads the texts between quotes that a scanner found: ids, methods, names.
package enum JSONString {
  /// The text that stands, escaped, between two quotes; nil when it is no text (half of a surrogate pair, no UTF-8).
  package static func decode(_ bytes: [UInt8], _ range: Range<Int>) -> String? { decode(bytes.span, range) }

  /// The text that stands, escaped, between two quotes.
  package static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
    let part = bytes.extracting(range)
    let isPlain = ScanBytes.lend(part) { $0.endOfPlainText(0) == $0.count }
    if isPlain { return string(part) }
    let decoded = ScanBytes.lend(part) { text in
      var decoded: [UInt8] = []
      decoded.reserveCapacity(text.count)
      var escaped = EscapedText(text, 0, text.count)
      while let byte = escaped.next() { decoded.append(byte) }
      return decoded
    }
    return string(decoded.span)
  }

  /// Whether the text between two quotes is this one, compared without a copy.
  package static func matches(_ bytes: [UInt8], _ range: Range<Int>, _ text: String) -> Bool {
    matches(bytes.span, range, text.utf8Span.span)
  }

  /// Whether the text between two quotes is this one in UTF-8, compared without a copy.
  package static func matches(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: Span<UInt8>) -> Bool {
    // No escape is shorter than what it stands for.
    guard range.count >= text.count else { return false }
    return ScanBytes.lend(bytes.extracting(range)) { written in
      if written.endOfPlainText(0) == written.count {
        return ScanBytes.lend(text) { other in written.isEqual(to: other) }
      }
      var escaped = EscapedText(written, 0, written.count)
      for index in text.indices where escaped.next() != text[index] { return false }
      return escaped.next() == nil
    }
  }

  private static func string(_ bytes: Span<UInt8>) -> String? {
    do throws(UTF8.ValidationError) {
      return String(copying: try UTF8Span(validating: bytes))
    } catch {
      return nil
    }
  }
}

extension ScanBytes {
  /// Where the next white space outside of strings stands in a well-formed value, or its end.
  func endOfCompactText(_ start: Int) -> Int {
    var at = start
    while at < count, self[at] > 0x20 {
      guard self[at] == UInt8(ascii: "\"") else {
        at &+= 1
        continue
      }
      at = endOfPlainText(at &+ 1)
      while self[at] == UInt8(ascii: "\\") { at = endOfPlainText(min(at &+ 2, count)) }
      at = min(at &+ 1, count)
    }
    return at
  }

  /// Whether both hold the same bytes.
  func isEqual(to other: ScanBytes) -> Bool {
    guard count == other.count else { return false }
    var at = 0
    while let word = word(at) {
      guard word == other.word(at) else { return false }
      at &+= 8
    }
    return prefix(at, count &- at) == other.prefix(at, count &- at)
  }

  /// Ranges are kept in 32 bits, lengths of keys in 31: a longer text is none, whatever the caller allows.
  func check(_ limits: JSONLimits) throws(JSONError) {
    let limit = min(limits.bytes, Int(Int32.max))
    guard count <= limit else { throw JSONError(offset: limit, reason: .tooLong) }
  }
}
