// Where the other end of a bridge is.

package import ChannelSockets

/// A place that a stream leads to, as people write it: `unix:/run/app.sock`, `unix:@name`, `tcp:127.0.0.1:7000`,
/// `tls:example.org:7000`; a WebSocket: `ws://127.0.0.1:8080/path`, `wss://example.org/path`; what needs no socket:
/// `fifo:in,out`, `mq:/in,/out`, `stdio:`, `exec:ssh host transom bridge demo stdio:`; and a door to browsers and
/// services: `http:127.0.0.1:8080`, `https:…`, `http:/run/app.sock`.
package struct PeerAddress: Hashable, Sendable {
  /// What is spoken there.
  package enum Speech: Hashable, Sendable {
    /// Messages stand on the stream by themselves.
    case messages
    /// They stand in a WebSocket that is asked for by this target.
    case webSocket(target: String)
    /// HTTP, by those who come there.
    case door
  }

  /// Where one connects to, or listens.
  package let endpoint: Endpoint
  /// Whether the stream is secured.
  package let isSecure: Bool
  package let speech: Speech

  /// Why a text is no address.
  package enum Fault: Error, Hashable, Sendable {
    case noScheme
    case unknownScheme(String)
    case noPath
    /// In the place where an address with this scheme has a host and a port.
    case noPort(scheme: String)
    case portTooHigh(String)
    /// A door has paths of its own.
    case pathAtDoor(isSecure: Bool)
    /// What stands behind host and port can be asked of no server.
    case noTarget
    case tokenInTarget
    /// Not two paths that differ.
    case noPair
    /// Not two names of queues that differ.
    case noQueues
    case noProgram
    case unfinishedWord
    /// Something stands behind what says all.
    case notAlone(String)
  }

  package init(_ text: String) throws(Fault) {
    guard let (scheme, behind) = Self.halves(text[...], cutAt: text.unicodeScalars.firstIndex(of: ":")),
      !scheme.isEmpty
    else { throw .noScheme }
    var rest = behind
    if scheme == "exec" {
      self.init(.program(try Self.program(rest)))
      return
    }
    let isURL = rest.utf8.starts(with: "//".utf8)
    if isURL { rest = Substring(rest.utf8.dropFirst(2)) }
    // One slash is as good as several, which could be taken for those of a URL.
    while rest.utf8.starts(with: "//".utf8) { rest = Substring(rest.utf8.dropFirst()) }
    switch scheme {
    case "unix":
      guard let socket = Self.unixSocket(rest) else { throw .noPath }
      self.init(socket)
    case "fifo": self.init(try Self.fifos(rest))
    case "mq": self.init(try Self.queues(rest))
    case "stdio":
      guard rest.isEmpty else { throw .notAlone("stdio:") }
      self.init(.standard)
    case "tcp", "tls": self.init(try Self.port(rest, of: scheme), isSecure: scheme == "tls")
    case "ws", "wss":
      let isSecure = scheme == "wss"
      let cut = rest.unicodeScalars.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
      let endpoint = try Self.port(rest[..<cut], of: scheme, standard: Self.standardPort(isSecure: isSecure))
      self.init(endpoint, isSecure: isSecure, .webSocket(target: try Self.target(rest[cut...])))
    case "http", "https":
      let isSecure = scheme == "https"
      let isSocket = rest.utf8.first == UInt8(ascii: "@") || !isURL && rest.utf8.first == UInt8(ascii: "/")
      if isSocket {
        guard !isSecure, let socket = Self.unixSocket(rest) else { throw .noPort(scheme: String(scheme)) }
        self.init(socket, .door)
      } else {
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !isURL || !rest.contains("/") else { throw .pathAtDoor(isSecure: isSecure) }
        self.init(try Self.port(rest, of: scheme), isSecure: isSecure, .door)
      }
    default: throw .unknownScheme(String(scheme))
    }
  }

  private init(_ endpoint: Endpoint, isSecure: Bool = false, _ speech: Speech = .messages) {
    self.endpoint = endpoint
    self.isSecure = isSecure
    self.speech = speech
  }

  /// Whether others come there, and nothing of ours goes there.
  package var isDoor: Bool { speech == .door }

  package var isWebSocket: Bool { if case .webSocket = speech { true } else { false } }

  /// The host of a port, which a certificate there has to be of.
  package var host: String? { if case .tcp(let host, _) = endpoint { host } else { nil } }

  /// The same with the port that was found where any would do.
  package func at(port: UInt16?) -> PeerAddress {
    guard let port, case .tcp(let host, 0) = endpoint else { return self }
    return PeerAddress(.tcp(host: host, port: port), isSecure: isSecure, speech)
  }

  /// What stands before a sign and behind it. Signs are told apart from what is beside them: a mark would join the sign, as
  /// characters are counted.
  private static func halves(_ text: Substring, cutAt place: String.Index?) -> (Substring, Substring)? {
    place.map { (text[..<$0], text[text.unicodeScalars.index(after: $0)...]) }
  }

  /// Two that have one comma between them.
  private static func pair(_ text: Substring) -> (String, String)? {
    guard let (one, other) = halves(text, cutAt: text.unicodeScalars.firstIndex(of: ",")) else { return nil }
    return other.unicodeScalars.contains(",") ? nil : (String(one), String(other))
  }

  // MARK: Files, programs and FIFOs

  /// A Unix socket by its path, or behind `@` by a name that no file has.
  private static func unixSocket(_ text: Substring) -> Endpoint? {
    guard text.utf8.first == UInt8(ascii: "@") else { return text.isEmpty || text == "/" ? nil : .path(String(text)) }
    let name = String(Substring(text.utf8.dropFirst()))
    return name.isEmpty ? nil : .abstract(name)
  }

  private static func program(_ text: Substring) throws(Fault) -> [String] {
    let words: [String]
    do throws(ProgramWords.Unfinished) {
      words = try ProgramWords.words(of: text)
    } catch {
      throw .unfinishedWord
    }
    guard words.first?.isEmpty == false else { throw .noProgram }
    return words
  }

  private static func fifos(_ text: Substring) throws(Fault) -> Endpoint {
    guard let (input, output) = pair(text), !input.isEmpty, !output.isEmpty, input != output else { throw .noPair }
    return .fifos(input: input, output: output)
  }

  private static func queues(_ text: Substring) throws(Fault) -> Endpoint {
    guard let (input, output) = pair(text), input != output, [input, output].allSatisfy(isOfQueue) else {
      throw .noQueues
    }
    return .queues(input: input, output: output)
  }

  private static func isOfQueue(_ name: String) -> Bool {
    name.utf8.count > 1 && name.utf8.lastIndex(of: UInt8(ascii: "/")) == name.startIndex
  }

  // MARK: Hosts and ports

  private static func standardPort(isSecure: Bool) -> UInt16 { isSecure ? 443 : 80 }

  /// Host and port as whoever is asked there knows itself by: without the port that goes without saying.
  package var authority: String {
    guard case .tcp(let host, Self.standardPort(isSecure: isSecure)) = endpoint else { return "\(endpoint)" }
    return host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
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

  /// A host and a port; an IPv6 address stands in brackets. Where there is a standard the port may be left out.
  private static func port(
    _ text: Substring,
    of scheme: Substring,
    standard: UInt16? = nil
  ) throws(Fault) -> Endpoint {
    let fault = Fault.noPort(scheme: String(scheme))
    var host = text
    var port = standard
    let colon = text.unicodeScalars.lastIndex(of: ":")
    if let (before, digits) = halves(text, cutAt: colon), standard == nil || !text.hasSuffix("]") {
      host = before
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { throw fault }
      port = UInt16(digits)
      if port == nil { throw .portTooHigh(String(digits.prefix(20))) }
    }
    guard let port else { throw fault }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.unicodeScalars.contains(":") {
      throw fault
    }
    guard !host.isEmpty, host.utf8.allSatisfy(isOfHost) else { throw fault }
    return .tcp(host: String(host), port: port)
  }

  /// What is asked for at a server: a path, and a query behind it or not.
  private static func target(_ text: Substring) throws(Fault) -> String {
    guard text.utf8.allSatisfy({ 0x21 <= $0 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else { throw .noTarget }
    let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    // Whoever lists the programs of this machine would read it, and so would logs.
    if halves.count == 2, halves[1].split(separator: "&").contains(where: { $0.hasPrefix("token=") }) {
      throw .tokenInTarget
    }
    return text.hasPrefix("/") ? String(text) : "/" + text
  }
}

extension PeerAddress: CustomStringConvertible {
  /// As it is written.
  package var description: String {
    switch (endpoint, speech) {
    case (.fifos, _): "fifo:\(endpoint)"
    case (.queues, _): "mq:\(endpoint)"
    case (.standard, _): "stdio:"
    case (.program(let words), _): "exec:\(ProgramWords.text(of: words))"
    case (.path(let path, _), .door): "http:\(path)"
    case (.path(let path, _), _): "unix:\(path)"
    case (.abstract(let name), .door): "http:@\(name)"
    case (.abstract(let name), _): "unix:@\(name)"
    case (.tcp, .door), (.descriptor, .door): "\(isSecure ? "https" : "http")://\(endpoint)"
    case (.tcp, .webSocket(let target)), (.descriptor, .webSocket(let target)):
      "\(isSecure ? "wss" : "ws")://\(endpoint)\(target)"
    case (.tcp, .messages), (.descriptor, .messages): "\(isSecure ? "tls" : "tcp"):\(endpoint)"
    }
  }
}
