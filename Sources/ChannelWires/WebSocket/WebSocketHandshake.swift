// How a server opens a WebSocket.

/// What a client has asked for, once it has asked rightly (RFC 6455, 4.2).
///
/// Extensions are not known here, and those that are asked for are passed over. Whether a browser's page may come is
/// for whoever asks for `origin` to decide: nothing else keeps pages of strangers away.
package struct WebSocketHandshake: Sendable, Hashable {
  /// Where the page comes from that asks; nil when it is no browser that does.
  package let origin: String?
  /// What may be spoken on it, as the client likes it best.
  package let subprotocols: [String]
  private let key: WebSocketKey

  package init(_ request: HTTPRequest) throws(WebSocketHandshakeRefusal) {
    guard request.asksForUpgrade, request.headers.hasWord("websocket", in: "Upgrade") else { throw .notAsked }
    guard request.method == .get, request.body.isEmpty else { throw .notPlainGet }
    guard request.values(of: "Sec-WebSocket-Version") == ["13"] else { throw .unknownVersion }
    let keys = request.values(of: "Sec-WebSocket-Key")
    guard keys.count == 1, let key = WebSocketKey(text: keys[0]) else { throw .badKey }
    let subprotocols = request.headers.words(of: "Sec-WebSocket-Protocol")
    guard subprotocols.allSatisfy({ HTTPHeader.isToken($0.utf8) }), Set(subprotocols).count == subprotocols.count else {
      throw .badSubprotocols
    }
    let origins = request.values(of: "Origin")
    guard origins.count <= 1 else { throw .manyOrigins }
    self.key = key
    self.subprotocols = subprotocols
    origin = origins.first
  }

  /// The bytes behind which frames are spoken, with one of those subprotocols or none.
  package func answer(subprotocol: String? = nil) -> [UInt8] {
    precondition(subprotocol.map(subprotocols.contains) ?? true, "a subprotocol is one that the client has asked for")
    var headers = HTTPHeader.upgradeToWebSocket + [HTTPHeader(known: "Sec-WebSocket-Accept", key.answer)]
    if let subprotocol { headers.append(HTTPHeader(known: "Sec-WebSocket-Protocol", subprotocol)) }
    let status = HTTPStatus.switchingProtocols
    return HTTPHeader.head("HTTP/1.1 \(status.rawValue) \(status.phrase)", headers)
  }
}

extension HTTPHeader {
  static let upgradeToWebSocket = [Self(known: "Upgrade", "websocket"), Self(known: "Connection", "Upgrade")]
  static let webSocketVersion = Self(known: "Sec-WebSocket-Version", "13")
}
