// What comes before a body.

/// The head of a request or of an answer, as it was parsed and before anybody believes it.
struct HTTPHead {
  /// As it was written.
  var target: [UInt8] = []
  var headers: [(name: [UInt8], value: [UInt8])] = []

  /// The headers, when they may be believed. What matters is the length of what follows: those shapes are refused by
  /// which one program can be made to see another request than the next, or another answer.
  func checkedHeaders(isOld: Bool, bodyLimit: Int) throws(HTTPRefusal) -> [HTTPHeader] {
    var checked: [HTTPHeader] = []
    for (name, value) in headers {
      // Blanks behind a value are none of it.
      let value = value[...(value.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? -1)]
      guard let name = String(validating: name, as: UTF8.self),
        let header = HTTPHeader(name, String(decoding: value, as: UTF8.self))
      else { throw .malformed("a header that is none") }
      checked.append(header)
    }
    let encodings = checked.filter(\.saysEncoding)
    let lengths = checked.filter { $0.isNamed("Content-Length") }
    guard encodings.count + lengths.count <= 1 else { throw .lengthSaidTwice }
    if let encoding = encodings.first {
      // Of HTTP/1.0 nobody knows chunks.
      guard !isOld, encoding.isNamed("Transfer-Encoding"), encoding.value.lowercased() == "chunked" else {
        throw .unknownEncoding
      }
    }
    if let length = lengths.first {
      guard !length.value.isEmpty, length.value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw .malformed("a length that is no number")
      }
      guard let count = Int(length.value), count <= bodyLimit else { throw .bodyTooLong }
    }
    return checked
  }

  /// A path from the root: a target may also be a whole address (RFC 9112, 3.2.2), of which the host is nothing to us.
  func originForm() throws(HTTPRefusal) -> String {
    guard target.allSatisfy({ 0x21 <= $0 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
      throw .malformed("a target that is none")
    }
    let text = String(decoding: target, as: UTF8.self)
    if text.hasPrefix("/") { return text }
    guard text.lowercased().hasPrefix("http://") else { throw .malformed("a target that is none") }
    let rest = text.dropFirst("http://".count)
    guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
    return rest[end] == "/" ? String(rest[end...]) : "/" + rest[end...]
  }
}
