/// Tells where bytes are not UTF-8.
enum UTF8Check {
  /// The first byte that is not UTF-8, or nil when all are.
  static func firstInvalid(_ bytes: Span<UInt8>) -> Int? {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }
}

extension [MessageElement] {
  /// Makes the elements unreadable that hold bytes which are not UTF-8.
  ///
  /// The whole text is checked first, at tens of gigabytes a second; only when that fails each element is. The grammar
  /// has made sure that such bytes stand inside of elements only.
  consuming func judgingUTF8(
    of bytes: Span<UInt8>, from offset: Int, limits: JSONLimits
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
