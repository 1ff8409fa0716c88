// Why a request opens no WebSocket.

/// What is wrong with it.
package enum WebSocketHandshakeRefusal: Error, Sendable, Hashable, CaseIterable {
  /// It does not ask for one: there is no `Upgrade: websocket`, or no `Connection: Upgrade` that makes it count.
  case notAsked
  case unknownVersion
  case notPlainGet
  case badKey
  case badSubprotocols
  case manyOrigins

  package var status: HTTPStatus {
    switch self {
    case .notAsked, .unknownVersion: .upgradeRequired
    case .notPlainGet, .badKey, .badSubprotocols, .manyOrigins: .badRequest
    }
  }

  /// What to tell whoever sent it.
  package var text: String {
    switch self {
    case .notAsked: "only a WebSocket is spoken here: ask with Upgrade: websocket and Connection: Upgrade"
    case .unknownVersion: "the version of WebSocket is not 13"
    case .notPlainGet: "a WebSocket is asked for with GET, and without a body"
    case .badKey: "there is no Sec-WebSocket-Key, or more than one, or it is not sixteen bytes in base64"
    case .badSubprotocols: "a subprotocol is no token, or is asked for twice"
    case .manyOrigins: "a request comes from one origin"
    }
  }

  /// The answer to it, which says what would do (RFC 6455, 4.4).
  package var response: HTTPResponse {
    let headers = status == .upgradeRequired ? HTTPHeader.upgradeToWebSocket + [.webSocketVersion] : []
    return HTTPResponse(status, text: text + "\n", headers: headers)
  }
}
