// The members of one object.

/// Reads an object that is no message: where each of its keys and values stands.
package enum JSONMembers {
  /// One key and its value.
  package struct Member: Hashable, Sendable {
    /// The key, as it stands escaped between its quotes: see ``JSONString``.
    package let name: Range<Int>
    package let value: Range<Int>
  }

  /// Walks over a whole text that is one object, white space around it allowed, and hands over each member.
  ///
  /// Those that stand before a mistake are handed over before it is thrown, so that whoever wrote it can be told which
  /// of his texts it is in.
  package static func walk(
    _ bytes: Span<UInt8>,
    limits: JSONLimits = .standard,
    each: (Member) -> Void
  ) throws(JSONError) {
    try ScanBytes.lend(bytes) { text throws(JSONError) in
      try text.check(limits)
      var walker = ValueWalker(text, depthLimit: limits.depth, findsDuplicates: false)
      walker.beginMessage()
      let start = text.skipBlanks(0)
      guard text[start] == UInt8(ascii: "{") else {
        // Grammar comes first: what is no JSON at all is told as that.
        let end = try walker.walk(start, isPayload: false)
        throw text.skipBlanks(end) == text.count
          ? JSONError(offset: start, reason: .notAMessage) : JSONError(offset: end, reason: .junkAfterEnd)
      }
      var at = text.skipBlanks(start + 1)
      while text[at] != UInt8(ascii: "}") {
        guard text[at] == UInt8(ascii: "\"") else { throw text.misplaced(at, .expectedKey) }
        let key = try text.string(at + 1)
        let value = try text.colon(key.quote + 1)
        let end = try walker.walk(value, isPayload: false)
        if let tooDeep = walker.tooDeep { throw JSONError(offset: tooDeep, reason: .tooDeep) }
        each(Member(name: at + 1..<key.quote, value: value..<end))
        at = text.skipBlanks(end)
        guard text[at] == UInt8(ascii: ",") else { break }
        at = text.skipBlanks(at + 1)
        // A comma is followed by a key.
        if text[at] == UInt8(ascii: "}") { throw text.misplaced(at, .expectedKey) }
      }
      guard text[at] == UInt8(ascii: "}") else { throw text.broken(at, .expectedCommaOrBrace) }
      let rest = text.skipBlanks(at + 1)
      guard rest == text.count else { throw JSONError(offset: rest, reason: .junkAfterEnd) }
    }
    if let invalid = UTF8Check.firstInvalid(bytes) { throw JSONError(offset: invalid, reason: .invalidUTF8) }
  }
}
