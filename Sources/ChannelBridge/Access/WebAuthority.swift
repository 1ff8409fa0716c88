// The part of an address that says who is meant.

/// A host and perhaps a port, as they stand in a Host header and in an origin: `example.org`, `[::1]:8080`.
struct WebAuthority: Hashable, Sendable {
  /// In lower case; an IPv6 address in its brackets.
  let host: String
  let port: UInt16?

  /// Nil where a browser would write no such thing. Those spell the names of other languages in ASCII too.
  init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    let end: Int
    if bytes.first == UInt8(ascii: "[") {
      guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 1,
        bytes[1..<bracket].allSatisfy({ Self.isHexadecimal($0) || ":.".utf8.contains($0) })
      else { return nil }
      end = bracket + 1
    } else {
      end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
      guard end > 0, bytes[..<end].allSatisfy({ Self.isLetterOrDigit($0) || "-._".utf8.contains($0) }) else {
        return nil
      }
    }
    host = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    guard end < bytes.count else {
      port = nil
      return
    }
    let digits = bytes[(end + 1)...]
    guard bytes[end] == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.allSatisfy(Self.isDigit),
      let number = UInt16(String(decoding: digits, as: UTF8.self))
    else { return nil }
    port = number
  }

  private init(_ host: String, _ port: UInt16?) {
    self.host = host
    self.port = port
  }

  /// The same with any port.
  var anyPort: WebAuthority { WebAuthority(host, nil) }

  /// The same without the port that a scheme means where none is named.
  func simplified(in scheme: String) -> WebAuthority {
    switch (scheme, port) {
    case ("http", 80), ("https", 443): WebAuthority(host, nil)
    default: self
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
