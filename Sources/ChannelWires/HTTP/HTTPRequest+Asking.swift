// What a client sends.

extension HTTPRequest {
  /// A request to send, with what it says of its host, its length and the connection beside `headers`.
  ///
  /// Nil when the target is no path of visible ASCII, when the host is no line, or when `headers` say of the length or
  /// of the host what is said here.
  package init?(
    _ method: HTTPMethod,
    host: String,
    target: String,
    headers: [HTTPHeader] = [],
    body: [UInt8] = [],
    keepsAlive: Bool = true
  ) {
    let isPath = target.hasPrefix("/") && target.utf8.allSatisfy { 0x21 <= $0 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
    guard isPath, let host = HTTPHeader.host(host),
      !headers.contains(where: { $0.isNamed("Host") || $0.saysLength })
    else { return nil }
    self.init(
      method: method,
      target: target,
      isOld: false,
      headers: [host] + headers + (keepsAlive ? [] : [.close]),
      body: body,
      keepsAlive: keepsAlive
    )
  }

  /// Its bytes; the body goes with its length, however it came.
  package func encoded() -> [UInt8] {
    var all = headers.filter { !$0.saysLength }
    if !body.isEmpty || method.expectsBody { all.append(.contentLength(body.count)) }
    return HTTPHeader.head("\(method.rawValue) \(target) HTTP/1.\(isOld ? 0 : 1)", all) + body
  }
}

extension HTTPHeader {
  /// Whether it is for the connection to say, since it follows from the body.
  fileprivate var saysLength: Bool { saysEncoding || isNamed("Content-Length") }
}
