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
    let kind = JSONParts.Kind(
      opening: UInt8(ascii: "{"),
      closing: UInt8(ascii: "}"),
      otherwise: .notAMessage,
      part: .expectedKey,
      rest: .expectedCommaOrBrace
    )
    try JSONParts.walk(bytes, kind, limits) { (text, walker, at) throws(JSONError) in
      guard text[at] == UInt8(ascii: "\"") else { throw text.misplaced(at, .expectedKey) }
      let key = try text.string(at + 1)
      let value = try text.colon(key.quote + 1)
      let end = try walker.walkPart(value)
      each(Member(name: at + 1..<key.quote, value: value..<end))
      return end
    }
  }
}
