// Why an answer opens no WebSocket.

/// What is wrong with it; the connection ends.
package enum WebSocketOpeningRefusal: Error, Sendable, Hashable {
  /// The server has said no, or sends elsewhere.
  case status(Int)
  /// It switches, but to something else.
  case otherProtocol
  /// It has not read the request.
  case wrongKey
  /// It wants to speak with an extension, and none was asked for.
  case extensions
  /// It has chosen a subprotocol that was not asked for, or two.
  case otherSubprotocol

  /// What to tell whoever had asked.
  package var text: String {
    switch self {
    case .status(let status): "the server opens no WebSocket, it answers \(status)"
    case .otherProtocol: "the server switches to another protocol than WebSocket"
    case .wrongKey: "the server's answer belongs to another request: Sec-WebSocket-Accept is wrong"
    case .extensions: "the server wants an extension that nobody has asked for"
    case .otherSubprotocol: "the server has chosen a subprotocol that nobody has asked for"
    }
  }
}
