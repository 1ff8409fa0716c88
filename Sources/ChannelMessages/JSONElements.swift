// The elements of one array.

/// Reads an array that is none of messages: where each of its values stands.
package enum JSONElements {
  /// Walks over a whole text that is one array, white space around it allowed, and hands over each element.
  ///
  /// Those that stand before a mistake are handed over before it is thrown.
  package static func walk(
    _ bytes: Span<UInt8>,
    limits: JSONLimits = .standard,
    each: (Range<Int>) -> Void
  ) throws(JSONError) {
    try ScanBytes.lend(bytes) { text throws(JSONError) in
      try text.check(limits)
      var walker = ValueWalker(text, depthLimit: limits.depth, findsDuplicates: false)
      walker.beginMessage()
      let start = text.skipBlanks(0)
      guard text[start] == UInt8(ascii: "[") else {
        // Grammar comes first: what is no JSON at all is told as that.
        let end = try walker.walk(start, isPayload: false)
        throw text.skipBlanks(end) == text.count
          ? JSONError(offset: start, reason: .expectedArray) : JSONError(offset: end, reason: .junkAfterEnd)
      }
      var at = text.skipBlanks(start + 1)
      while text[at] != UInt8(ascii: "]") {
        let end = try walker.walk(at, isPayload: false)
        if let tooDeep = walker.tooDeep { throw JSONError(offset: tooDeep, reason: .tooDeep) }
        each(at..<end)
        at = text.skipBlanks(end)
        guard text[at] == UInt8(ascii: ",") else { break }
        at = text.skipBlanks(at + 1)
        // A comma is followed by a value.
        if text[at] == UInt8(ascii: "]") { throw text.misplaced(at, .expectedValue) }
      }
      guard text[at] == UInt8(ascii: "]") else { throw text.broken(at, .expectedCommaOrBracket) }
      let rest = text.skipBlanks(at + 1)
      guard rest == text.count else { throw JSONError(offset: rest, reason: .junkAfterEnd) }
    }
    if let invalid = UTF8Check.firstInvalid(bytes) { throw JSONError(offset: invalid, reason: .invalidUTF8) }
  }
}
