/// Reads the array of messages that a window holds, over its raw bytes and without recursion.
///
/// A break of JSON's grammar anywhere is an error of the whole text. An element that is well-formed and no message is
/// unreadable alone, its neighbours are read.
package enum MessageArray {
  /// Scans a whole text.
  package static func scan(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> [MessageElement] {
    try scan(bytes.span, limits: limits)
  }

  /// Scans a whole text.
  package static func scan(_ bytes: Span<UInt8>, limits: JSONLimits = .standard) throws(JSONError) -> [MessageElement] {
    let elements = try ScanBytes.lend(bytes) { text throws(JSONError) in
      try text.check(limits)
      return try collect(text, from: try open(text), limits)
    }
    return try elements.judgingUTF8(of: bytes, from: 0, limits: limits)
  }

  /// Scans the rest of an array whose beginning is known already: `offset` is where an element begins, white space
  /// before one, or the closing bracket; everything before it is taken to be good.
  package static func scanTail(
    _ bytes: [UInt8],
    from offset: Int,
    limits: JSONLimits = .standard
  ) throws(JSONError) -> [MessageElement] {
    try scanTail(bytes.span, from: offset, limits: limits)
  }

  /// Scans the rest of an array whose beginning is known already.
  package static func scanTail(
    _ bytes: Span<UInt8>,
    from offset: Int,
    limits: JSONLimits = .standard
  ) throws(JSONError) -> [MessageElement] {
    precondition(offset >= 0 && offset <= bytes.count, "the offset is not inside of the text")
    let elements = try ScanBytes.lend(bytes) { text throws(JSONError) in
      try text.check(limits)
      return try collect(text, from: text.skipBlanks(offset), limits)
    }
    return try elements.judgingUTF8(of: bytes, from: offset, limits: limits)
  }

  /// Whether a text is empty or white space only, in Unicode's sense (NO-BREAK SPACE included): an empty window.
  package static func isBlank(_ bytes: [UInt8]) -> Bool { isBlank(bytes.span) }

  /// Whether a text is empty or white space only.
  package static func isBlank(_ bytes: Span<UInt8>) -> Bool {
    ScanBytes.lend(bytes) { WhiteSpace.skip($0, 0) == $0.count }
  }

  /// The opening bracket; answers where the first element or the closing bracket stands.
  static func open(_ bytes: ScanBytes) throws(JSONError) -> Int {
    let bracket = bytes.skipBlanks(0)
    guard bytes[bracket] == UInt8(ascii: "[") else {
      throw bytes.broken(bracket, bytes.prefix(bracket, 3) == 0xBF_BBEF ? .byteOrderMark : .expectedArray)
    }
    return bytes.skipBlanks(bracket &+ 1)
  }

  /// Reads from the first element, or from the closing bracket of an empty array, to the end of the text and hands
  /// over each element; those that are no messages are not counted here.
  @inline(__always)
  static func read(
    _ bytes: ScanBytes,
    from start: Int,
    depthLimit: Int,
    findsDuplicates: Bool,
    each: (MessageElement) throws(JSONError) -> Void
  ) throws(JSONError) {
    if bytes[start] == UInt8(ascii: "]") { return try close(bytes, start) }
    var scanner = MessageScanner(bytes, depthLimit: depthLimit, findsDuplicates: findsDuplicates)
    var at = start
    while true {
      let element = try scanner.scan(at)
      try each(element)
      at = bytes.skipBlanks(Int(element.bytes.end))
      let byte = bytes[at]
      guard byte == UInt8(ascii: ",") else {
        guard byte == UInt8(ascii: "]") else { throw bytes.broken(at, .expectedCommaOrBracket) }
        return try close(bytes, at)
      }
      at = bytes.skipBlanks(at &+ 1)
    }
  }

  private static func collect(
    _ bytes: ScanBytes,
    from start: Int,
    _ limits: JSONLimits
  ) throws(JSONError) -> [MessageElement] {
    var elements: [MessageElement] = []
    // An element takes 80 bytes here; a small one takes some 200 in the text.
    elements.reserveCapacity((bytes.count &- start) / 192)
    var unreadable = 0
    try read(bytes, from: start, depthLimit: limits.depth, findsDuplicates: true) { element throws(JSONError) in
      if case .unreadable = element.content {
        unreadable += 1
        if unreadable > limits.unreadable {
          throw JSONError(offset: element.range.lowerBound, reason: .tooManyUnreadable)
        }
      }
      elements.append(element)
    }
    return elements
  }

  /// The closing bracket stands at `bracket`; only white space may follow.
  private static func close(_ bytes: ScanBytes, _ bracket: Int) throws(JSONError) {
    let rest = bytes.skipBlanks(bracket &+ 1)
    guard rest == bytes.count else { throw JSONError(offset: rest, reason: .junkAfterEnd) }
  }
}
