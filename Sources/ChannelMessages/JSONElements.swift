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
    let kind = JSONParts.Kind(
      opening: UInt8(ascii: "["),
      closing: UInt8(ascii: "]"),
      otherwise: .expectedArray,
      part: .expectedValue,
      rest: .expectedCommaOrBracket
    )
    try JSONParts.walk(bytes, kind, limits) { (_, walker, at) throws(JSONError) in
      let end = try walker.walkPart(at)
      each(at..<end)
      return end
    }
  }
}
