// How a client opens a WebSocket.

/// What was asked of a server, and what must be answered to it (RFC 6455, 4.1).
package struct WebSocketOpening: Sendable, Hashable {
  /// To be sent; the reader of answers is told to expect one to GET.
  package let request: HTTPRequest
  private let key: WebSocketKey
  private let subprotocols: [String]

  /// `headers` are those beside: an origin, who asks.
  ///
  /// Nil when the host or the target cannot be written, when a subprotocol is no token or is there twice, or when
  /// `headers` say what is said here.
  package init?(
    host: String,
    target: String,
    key: WebSocketKey,
    subprotocols: [String] = [],
    headers: [HTTPHeader] = []
  ) {
    guard subprotocols.allSatisfy({ HTTPHeader.isToken($0.utf8) }), Set(subprotocols).count == subprotocols.count else {
      return nil
    }
    var own = HTTPHeader.upgradeToWebSocket + [.webSocketVersion, HTTPHeader(known: "Sec-WebSocket-Key", key.text)]
    if !subprotocols.isEmpty {
      own.append(HTTPHeader(known: "Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")))
    }
    // Extensions too: none could be spoken.
    let reserved = own.map(\.name) + ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"]
    guard !headers.contains(where: { header in reserved.contains { header.isNamed($0) } }),
      let request = HTTPRequest(.get, host: host, target: target, headers: own + headers)
    else { return nil }
    self.request = request
    self.key = key
    self.subprotocols = subprotocols
  }

  /// What is spoken on it, if the server has chosen anything.
  package func subprotocol(of answer: HTTPAnswer) throws(WebSocketOpeningRefusal) -> String? {
    guard answer.status == HTTPStatus.switchingProtocols.rawValue else { throw .status(answer.status) }
    let upgrades = answer.headers.words(of: "Upgrade")
    guard upgrades.count == 1, answer.headers.hasWord("websocket", in: "Upgrade"),
      answer.headers.hasWord("upgrade", in: "Connection")
    else { throw .otherProtocol }
    guard answer.values(of: "Sec-WebSocket-Accept") == [key.answer] else { throw .wrongKey }
    guard answer.values(of: "Sec-WebSocket-Extensions").isEmpty else { throw .extensions }
    let chosen = answer.values(of: "Sec-WebSocket-Protocol")
    guard chosen.count <= 1, chosen.allSatisfy(subprotocols.contains) else { throw .otherSubprotocol }
    return chosen.first
  }
}
