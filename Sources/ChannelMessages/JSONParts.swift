// What objects and arrays have in common.

/// Walks over the parts of one object or one array, which stand between brackets and have commas between them.
enum JSONParts {
  /// What is told apart of the two.
  struct Kind {
    let opening: UInt8
    let closing: UInt8
    /// What it is where it does not begin so.
    let otherwise: JSONError.Reason
    /// What stands behind a comma.
    let part: JSONError.Reason
    /// What stands behind a part.
    let rest: JSONError.Reason
  }

  /// Walks over a whole text that is one of them, white space around it allowed. `step` takes the part that begins at a
  /// place, and says where it ends.
  static func walk(
    _ bytes: Span<UInt8>,
    _ kind: Kind,
    _ limits: JSONLimits,
    step: (ScanBytes, inout ValueWalker, Int) throws(JSONError) -> Int
  ) throws(JSONError) {
    try ScanBytes.lend(bytes) { text throws(JSONError) in
      try text.check(limits)
      var walker = ValueWalker(text, depthLimit: limits.depth, findsDuplicates: false)
      walker.beginMessage()
      let start = text.skipBlanks(0)
      guard text[start] == kind.opening else {
        // Grammar comes first: what is no JSON at all is told as that.
        let end = try walker.walk(start, isPayload: false)
        throw text.skipBlanks(end) == text.count
          ? JSONError(offset: start, reason: kind.otherwise) : JSONError(offset: end, reason: .junkAfterEnd)
      }
      var at = text.skipBlanks(start + 1)
      while text[at] != kind.closing {
        at = text.skipBlanks(try step(text, &walker, at))
        guard text[at] == UInt8(ascii: ",") else { break }
        at = text.skipBlanks(at + 1)
        // A comma is followed by another part.
        if text[at] == kind.closing { throw text.misplaced(at, kind.part) }
      }
      guard text[at] == kind.closing else { throw text.broken(at, kind.rest) }
      let rest = text.skipBlanks(at + 1)
      guard rest == text.count else { throw JSONError(offset: rest, reason: .junkAfterEnd) }
    }
    if let invalid = UTF8Check.firstInvalid(bytes) { throw JSONError(offset: invalid, reason: .invalidUTF8) }
  }
}

extension ValueWalker {
  /// Walks over the value of a part, and says where it ends; one that nests too deep is an error.
  mutating func walkPart(_ start: Int) throws(JSONError) -> Int {
    let end = try walk(start, isPayload: false)
    if let tooDeep { throw JSONError(offset: tooDeep, reason: .tooDeep) }
    return end
  }
}
