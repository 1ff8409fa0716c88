// One line of a head.

/// A name and a value that can be written as a line of a head, and as nothing else: neither has a line break in it.
package struct HTTPHeader: Sendable, Hashable {
  /// As it was written; compare without regard to case.
  package let name: String
  package let value: String

  /// Nil when the name is no token (RFC 9110, 5.6.2), or when the value has a control character other than the
  /// tabulator.
  package init?(_ name: String, _ value: String) {
    let isLine = value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    guard isLine, Self.isToken(name.utf8) else { return nil }
    self.init(known: name, value)
  }

  /// One that is known to be a line.
  init(known name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  package func isNamed(_ name: String) -> Bool {
    self.name.utf8.count == name.utf8.count && self.name.lowercased() == name.lowercased()
  }

  /// Whether it says how a body is cut up; also by a name that only begins so, which parsers that many programs are
  /// built on take for it.
  var saysEncoding: Bool { name.utf8.count >= 17 && name.lowercased().hasPrefix("transfer-encoding") }

  package static func contentType(_ type: HTTPContentType) -> Self { Self(known: "Content-Type", type.rawValue) }
  static func contentLength(_ count: Int) -> Self { Self(known: "Content-Length", String(count)) }
  static func host(_ host: String) -> Self? {
    host.utf8.contains { $0 == 0x20 || $0 == 0x09 } ? nil : Self("Host", host)
  }
  static let close = Self(known: "Connection", "close")
  static let keepAlive = Self(known: "Connection", "keep-alive")
  package static let allowOnlyReading = Self(known: "Allow", "GET, HEAD")
  package static let allowOnlyPosting = Self(known: "Allow", "POST")
  package static let forAllOrigins = Self(known: "Access-Control-Allow-Origin", "*")
  package static let variesByOrigin = Self(known: "Vary", "Origin")
  package static let askForToken = Self(known: "WWW-Authenticate", "Bearer")
  package static let notToBeStored = Self(known: "Cache-Control", "no-store")

  /// The bytes of a head: its first line, then headers, then the empty line.
  static func head(_ firstLine: String, _ headers: [HTTPHeader]) -> [UInt8] {
    var bytes = Array((firstLine + "\r\n").utf8)
    for header in headers { bytes += "\(header.name): \(header.value)\r\n".utf8 }
    return bytes + "\r\n".utf8
  }

  /// Whether the name of a header, or a method, may be spelled so.
  static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
