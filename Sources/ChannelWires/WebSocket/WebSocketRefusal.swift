// Why no more is read of a WebSocket.

/// What is wrong with what came. It ends the connection, with a close frame that says so.
package enum WebSocketRefusal: Error, Sendable, Hashable {
  /// A client must mask what it sends.
  case notMasked
  /// A server must not.
  case masked
  /// No extension was agreed on that gives them a meaning.
  case reservedBits
  case unknownOpcode(UInt8)
  /// A control frame in parts or of more than 125 bytes, or a length that is not written in the shortest way.
  case badFrame
  /// A continuation where no message was begun.
  case continuesNothing
  /// Another message before the one that was begun has its end.
  case interruptsMessage
  /// A message of more bytes than it may have.
  case tooBig(limit: Int)
  /// A text message that is not UTF-8.
  case notText
  /// A close frame with half a code.
  case closeOfOneByte
  case badCloseCode(UInt16)
  /// A reason that is not UTF-8.
  case closeReasonNotText

  /// What to close with.
  package var code: WebSocketCloseCode {
    switch self {
    case .notMasked, .masked, .reservedBits, .unknownOpcode, .badFrame, .continuesNothing, .interruptsMessage,
      .closeOfOneByte, .badCloseCode:
      .protocolError
    case .notText, .closeReasonNotText: .invalidText
    case .tooBig: .tooBig
    }
  }

  /// What to tell whoever sent it; short enough for a close frame.
  package var text: String {
    switch self {
    case .notMasked: "a frame of a client is masked"
    case .masked: "a frame of a server is not masked"
    case .reservedBits: "reserved bits are set, and no extension was agreed on"
    case .unknownOpcode(let opcode): "there is no frame of kind \(opcode)"
    case .badFrame: "a control frame is whole and has 125 bytes at most, and a length is written in the shortest way"
    case .continuesNothing: "a continuation of nothing"
    case .interruptsMessage: "another message within a message"
    case .tooBig(let limit): "a message has \(limit) bytes at most"
    case .notText: "a text that is not UTF-8"
    case .closeOfOneByte: "a close frame with half a code"
    case .badCloseCode(let code): "a close frame with \(code), which is never sent"
    case .closeReasonNotText: "a close frame with a reason that is not UTF-8"
    }
  }
}
