/// Recognises the words that mean something in a message by one comparison of a machine word.
enum KnownKeys {
  /// The order of the keys in a message, and of the items of one written as an array.
  static let inOrder: [JSONError.Key] = [.id, .timestamp, .type, .replyTo, .method, .payload, .error]

  /// The bits of the keys that must be there.
  static let required: UInt8 =
    1 << JSONError.Key.id.number | 1 << JSONError.Key.timestamp.number | 1 << JSONError.Key.type.number
    | 1 << JSONError.Key.payload.number

  /// The known key that a string of the text is.
  @inline(__always)
  static func find(_ bytes: ScanBytes, _ start: Int, _ end: ScanBytes.StringEnd) -> JSONError.Key? {
    if end.isEscaped { return findEscaped(bytes, start, end) }
    let length = end.quote &- start
    let word = bytes.prefix(start, length)
    // The constants are the letters with the first one lowest.
    switch length {
    case 2: return word == 0x6469 ? .id : nil
    case 4: return word == 0x6570_7974 ? .type : nil
    case 5: return word == 0x72_6F72_7265 ? .error : nil
    case 6: return word == 0x646F_6874_656D ? .method : nil
    case 7: return word == 0x64_616F_6C79_6170 ? .payload : nil
    case 8: return word == 0x6F74_5F79_6C70_6572 ? .replyTo : nil
    case 9: return word == 0x6D61_7473_656D_6974 && bytes[start &+ 8] == UInt8(ascii: "p") ? .timestamp : nil
    default: return nil
    }
  }

  @inline(never)
  private static func findEscaped(_ bytes: ScanBytes, _ start: Int, _ end: ScanBytes.StringEnd) -> JSONError.Key? {
    inOrder.first { isWritten($0.rawValue, bytes, start, end) }
  }

  /// The kind that a string of the text names.
  @inline(__always)
  static func kind(_ bytes: ScanBytes, _ start: Int, _ end: ScanBytes.StringEnd) -> MessageKind? {
    if end.isEscaped { return MessageKind.allCases.first { isWritten($0.rawValue, bytes, start, end) } }
    let length = end.quote &- start
    let word = bytes.prefix(start, length)
    switch length {
    case 5: return word == 0x74_6E65_7665 ? .event : nil
    case 7: return word == 0x74_7365_7571_6572 ? .request : nil
    case 8: return word == 0x6573_6E6F_7073_6572 ? .response : nil
    default: return nil
    }
  }

  private static func isWritten(
    _ word: String,
    _ bytes: ScanBytes,
    _ start: Int,
    _ end: ScanBytes.StringEnd
  ) -> Bool {
    var text = EscapedText(bytes, start, end.quote)
    for byte in word.utf8 where text.next() != byte { return false }
    return text.next() == nil
  }
}

extension JSONError.Key {
  /// Its place in the usual order.
  @inline(__always)
  var number: UInt8 {
    switch self {
    case .id: 0
    case .timestamp: 1
    case .type: 2
    case .replyTo: 3
    case .method: 4
    case .payload: 5
    case .error: 6
    }
  }
}

extension ScanBytes {
  /// The number that plain digits make; nil for anything else and beyond 64 bits.
  @inline(__always)
  func unsigned(_ start: Int, _ end: Int) -> UInt64? {
    guard end &- start <= 20 else { return nil }
    var value: UInt64 = 0
    var at = start
    // Nineteen digits cannot overflow.
    let safe = min(end, start &+ 19)
    while at < safe {
      guard isDigit(at) else { return nil }
      value = value &* 10 &+ UInt64(self[at] &- 0x30)
      at &+= 1
    }
    guard at < end else { return value }
    guard isDigit(at) else { return nil }
    let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, secondOverflow) = tens.addingReportingOverflow(UInt64(self[at] &- 0x30))
    return overflow || secondOverflow ? nil : sum
  }
}
