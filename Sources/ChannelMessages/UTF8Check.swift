/// Tells where bytes are not UTF-8.
///
/// The standard library's check is as fast on plain ASCII, but three names with an accent in a window made it four
/// times slower, a quarter of a scan; this one only stops where such a character stands.
package enum UTF8Check {
  /// The first byte of the first sequence that is not UTF-8, or nil when all are.
  package static func firstInvalid(_ bytes: Span<UInt8>) -> Int? { ScanBytes.lend(bytes) { firstInvalid($0) } }

  private static func firstInvalid(_ bytes: ScanBytes) -> Int? {
    var at = 0
    while true {
      at = bytes.endOfASCII(at)
      guard at < bytes.count else { return nil }
      // Text in another script goes on in it, so the search for its end is by the byte.
      while bytes[at] >= 0x80 {
        let length = length(bytes, at)
        if length == 0 { return at }
        at &+= length
      }
    }
  }

  /// The length of the well-formed sequence of two to four bytes that begins there, or 0: table 3-7 of the Unicode
  /// standard. Behind the end of the text there are NULs, which continue nothing.
  @inline(__always)
  private static func length(_ bytes: ScanBytes, _ at: Int) -> Int {
    let second = bytes[at &+ 1]
    switch bytes[at] {
    case 0xC2...0xDF:
      return isContinuation(second) ? 2 : 0
    case 0xE0...0xEF:
      let isAllowed =
        switch bytes[at] {
        case 0xE0: second >= 0xA0
        case 0xED: second <= 0x9F
        default: true
        }
      return isAllowed && isContinuation(second) && isContinuation(bytes[at &+ 2]) ? 3 : 0
    case 0xF0...0xF4:
      let isAllowed =
        switch bytes[at] {
        case 0xF0: second >= 0x90
        case 0xF4: second <= 0x8F
        default: true
        }
      return isAllowed && isContinuation(second) && isContinuation(bytes[at &+ 2]) && isContinuation(bytes[at &+ 3])
        ? 4 : 0
    default:
      return 0
    }
  }

  @inline(__always)
  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

extension [MessageElement] {
  /// Makes the elements unreadable that hold bytes which are not UTF-8.
  ///
  /// The whole text is checked first, at tens of gigabytes a second; only when that fails each element is. The grammar
  /// has made sure that such bytes stand inside of elements only.
  consuming func judgingUTF8(
    of bytes: Span<UInt8>,
    from offset: Int,
    limits: JSONLimits
  ) throws(JSONError) -> [MessageElement] {
    guard UTF8Check.firstInvalid(bytes.extracting(offset...)) != nil else { return self }
    var unreadable = 0
    for index in indices {
      let element = self[index]
      if let invalid = UTF8Check.firstInvalid(bytes.extracting(element.range)) {
        let error = JSONError(offset: element.range.lowerBound + invalid, reason: .invalidUTF8)
        switch element.content {
        case .unreadable(let known) where known.offset <= error.offset: break
        default: self[index] = MessageElement(bytes: element.bytes, content: .unreadable(error))
        }
      }
      guard case .unreadable = self[index].content else { continue }
      unreadable += 1
      if unreadable > limits.unreadable {
        throw JSONError(offset: element.range.lowerBound, reason: .tooManyUnreadable)
      }
    }
    return self
  }
}
