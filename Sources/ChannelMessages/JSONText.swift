/// One JSON value as the bytes it came in: key order, number text and white space inside are never touched.
///
/// In a program's text it is written as a literal: `["percent": 40, "file": "a.txt", "tags": [1, "two", .null]]`.
///
/// Whoever only passes a payload on pays for no decoding; `bytes` is there for a decoder of one's own choice.
public struct JSONText: Sendable, Hashable {
  /// Exactly one valid JSON value in UTF-8, without white space around it.
  public let bytes: [UInt8]
  /// Known to have no white space between its parts and nothing that a 1.0 peer cannot read; else it has to be looked at.
  let isPlain: Bool

  /// Takes bytes that are one JSON value after RFC 8259; white space around it is left out.
  ///
  /// Values that nest deeper than 512 levels are refused, as a channel's reader would.
  ///
  /// - Parameter bytes: The text of the value.
  /// - Throws: Where and why it is none.
  public init(validating bytes: [UInt8]) throws(JSONError) {
    if let invalid = UTF8Check.firstInvalid(bytes.span) { throw JSONError(offset: invalid, reason: .invalidUTF8) }
    let (range, isPlain) = try ScanBytes.lend(bytes.span) { text throws(JSONError) -> (Range<Int>, Bool) in
      try text.check(JSONLimits(bytes: .max))
      var walker = ValueWalker(text, depthLimit: JSONLimits.standard.depth, findsDuplicates: false)
      walker.beginMessage()
      let start = text.skipBlanks(0)
      if text.prefix(start, 3) == 0xBF_BBEF { throw JSONError(offset: start, reason: .byteOrderMark) }
      let end = try walker.walk(start, isPayload: true)
      let rest = text.skipBlanks(end)
      guard rest == text.count else { throw JSONError(offset: rest, reason: .junkAfterEnd) }
      if let tooDeep = walker.tooDeep { throw JSONError(offset: tooDeep, reason: .tooDeep) }
      return (start..<end, walker.hazard == .none && text.endOfCompactText(start) >= end)
    }
    self.isPlain = isPlain
    self.bytes = range.count == bytes.count ? bytes : [UInt8](bytes[range])
  }

  /// Takes bytes that a scanner has found to be one JSON value.
  package init(trusted bytes: [UInt8]) {
    self.bytes = bytes
    isPlain = false
  }

  /// The value `null`.
  public static let null = JSONText(trusted: [0x6E, 0x75, 0x6C, 0x6C])

  /// What a 1.0 peer cannot read when this is a payload; offsets count from the start of `bytes`.
  package var peerHazard: PeerHazard? {
    if isPlain { return nil }
    return ScanBytes.lend(bytes.span) { text in
      var walker = ValueWalker(text, depthLimit: JSONLimits.standard.depth, findsDuplicates: false)
      walker.beginMessage()
      // The bytes were validated when the value was made.
      _ = try? walker.walk(0, isPayload: true)
      return MessageIndex.hazard(walker.hazard, Int(walker.hazardOffset))
    }
  }
}

extension JSONText {
  /// Two are equal when their bytes are, whatever is known of them.
  public static func == (left: JSONText, right: JSONText) -> Bool { left.bytes == right.bytes }

  /// Hashes the bytes, whatever is known of them.
  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension JSONText: CustomStringConvertible {
  /// The value's text.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}
