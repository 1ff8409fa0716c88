// Where the other end of a bridge is.

package import ChannelSockets

/// A place that a stream leads to, as people write it: `unix:/run/app.sock`, `unix:@name`, `tcp:127.0.0.1:7000`,
/// `tls:example.org:7000`; and a door to browsers and services: `http:127.0.0.1:8080`, `https:…`, `http:/run/app.sock`.
package struct PeerAddress: Hashable, Sendable {
  /// Where one connects to, or listens.
  package let endpoint: Endpoint
  /// Whether the stream is secured.
  package let isSecure: Bool
  /// Whether HTTP is spoken there, and no message stands on the stream by itself.
  package let isDoor: Bool

  /// Why a text is no address.
  package enum Fault: Error, Hashable, Sendable {
    case noScheme
    case unknownScheme(String)
    case noPath
    case noPort
  }

  package init(_ text: String) throws(Fault) {
    guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else { throw .noScheme }
    var rest = text[text.index(after: colon)...]
    if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
    // One slash is as good as several, which could be taken for those of a URL.
    while rest.hasPrefix("//") { rest = rest.dropFirst() }
    switch text[..<colon] {
    case "unix":
      guard !rest.isEmpty, rest != "@" else { throw .noPath }
      self.init(rest.first == "@" ? .abstract(String(rest.dropFirst())) : .path(String(rest)), isSecure: false)
    case "tcp", "tls":
      let (host, port) = try Self.hostAndPort(rest)
      self.init(.tcp(host: host, port: port), isSecure: text.hasPrefix("tls"))
    case "http", "https":
      let isSecure = text.hasPrefix("https")
      if rest.first == "@" || (rest.first == "/" && !text[text.index(after: colon)...].hasPrefix("//")) {
        guard !isSecure, rest.count > 1 else { throw .noPort }
        self.init(
          rest.first == "@" ? .abstract(String(rest.dropFirst())) : .path(String(rest)),
          isSecure: false,
          isDoor: true
        )
      } else {
        let (host, port) = try Self.hostAndPort(rest.hasSuffix("/") ? rest.dropLast() : rest)
        self.init(.tcp(host: host, port: port), isSecure: isSecure, isDoor: true)
      }
    case let scheme: throw .unknownScheme(String(scheme))
    }
  }

  private init(_ endpoint: Endpoint, isSecure: Bool, isDoor: Bool = false) {
    self.endpoint = endpoint
    self.isSecure = isSecure
    self.isDoor = isDoor
  }

  /// The host of a port, which a certificate there has to be of.
  package var host: String? { if case .tcp(let host, _) = endpoint { host } else { nil } }

  /// The same with the port that was found where any would do.
  package func at(port: UInt16?) -> PeerAddress {
    guard let port, case .tcp(let host, 0) = endpoint else { return self }
    return PeerAddress(.tcp(host: host, port: port), isSecure: isSecure, isDoor: isDoor)
  }

  /// Letters of any language, digits, and what stands between them in names and addresses.
  private static func isOfHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"): true
    default: byte >= 0x80
    }
  }

  /// A host and a port; an IPv6 address stands in brackets.
  private static func hostAndPort(_ text: Substring) throws(Fault) -> (String, UInt16) {
    guard let colon = text.lastIndex(of: ":"), text[colon...].utf8.dropFirst().allSatisfy({ (48...57).contains($0) }),
      let port = UInt16(text[text.index(after: colon)...])
    else { throw .noPort }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw .noPort
    }
    guard !host.isEmpty, host.utf8.allSatisfy(isOfHost) else { throw .noPort }
    return (String(host), port)
  }
}

extension PeerAddress: CustomStringConvertible {
  /// As it is written.
  package var description: String {
    switch endpoint {
    case .path(let path, _): "\(isDoor ? "http" : "unix"):\(path)"
    case .abstract(let name): "\(isDoor ? "http" : "unix"):@\(name)"
    case .tcp, .adopted:
      if isDoor { "\(isSecure ? "https" : "http")://\(endpoint)" } else { "\(isSecure ? "tls" : "tcp"):\(endpoint)" }
    }
  }
}

extension PeerAddress.Fault: CustomStringConvertible {
  /// In plain words, and with what to write.
  package var description: String {
    switch self {
    case .noScheme: "it does not begin with unix:, tcp:, tls:, http: or https:"
    case .unknownScheme(let scheme):
      "there is no \"\(scheme.prefix(20)):\" (there are unix:, tcp:, tls:, http: and https:)"
    case .noPath: "a path is missing (write it like unix:/run/app.sock, or unix:@name)"
    case .noPort: "a host and a port are needed (write it like tcp:127.0.0.1:7000 or tcp:[::1]:7000)"
    }
  }
}
