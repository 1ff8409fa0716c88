// What is sent on a WebSocket.

internal import ChannelMessages

/// A message or a control frame, whole.
package enum WebSocketFrame: Sendable, Hashable {
  /// Its bytes are UTF-8.
  case text([UInt8])
  case binary([UInt8])
  /// It has `controlLimit` bytes at most.
  case ping([UInt8])
  /// It has the bytes of the ping that it answers.
  case pong([UInt8])
  /// The reason is for people, and cut where it is too long; without a code there is none.
  case close(WebSocketCloseCode?, reason: String = "")

  /// How many bytes a control frame carries at most (RFC 6455, 5.5).
  package static let controlLimit = 125

  /// Its bytes, in one frame however many they are: with a mask when a client sends it, which nobody can foretell, and
  /// a new one for each frame; without when a server does.
  package func encoded(mask: UInt32?) -> [UInt8] {
    switch self {
    case .text(let bytes): WebSocketFrames.encoded(.text, bytes, mask: mask)
    case .binary(let bytes): WebSocketFrames.encoded(.binary, bytes, mask: mask)
    case .ping(let bytes): WebSocketFrames.encoded(.ping, bytes, mask: mask)
    case .pong(let bytes): WebSocketFrames.encoded(.pong, bytes, mask: mask)
    case .close(let code, let reason): WebSocketFrames.encoded(.close, Self.payload(code, reason), mask: mask)
    }
  }

  private static func payload(_ code: WebSocketCloseCode?, _ reason: String) -> [UInt8] {
    guard let code else { return [] }
    var bytes: [UInt8] = []
    bytes.append(littleEndian: code.rawValue.bigEndian)
    for character in reason.unicodeScalars {
      let encoded = UTF8.encode(character).map(Array.init) ?? []
      guard bytes.count + encoded.count <= controlLimit else { break }
      bytes += encoded
    }
    return bytes
  }
}
