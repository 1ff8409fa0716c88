// What shows that a server has read the request to open a WebSocket.

internal import ChannelMessages

/// Sixteen bytes that a client makes up, which nobody has sent before.
package struct WebSocketKey: Sendable, Hashable {
  private let bytes: [UInt8]

  /// Nil for another number of bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// As it stands in a request.
  package init?(text: String) {
    guard let bytes = Base64.bytes(of: text) else { return nil }
    self.init(bytes)
  }

  /// One that nobody can foretell.
  package static func random() -> WebSocketKey {
    var generator = SystemRandomNumberGenerator()
    return WebSocketKey(made: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  private init(made bytes: [UInt8]) {
    self.bytes = bytes
  }

  package var text: String { Base64.text(of: bytes) }

  /// What a server answers to it (RFC 6455, 4.2.2): a plain server of HTTP, or a store of old answers, would not.
  package var answer: String {
    Base64.text(of: SHA1.hash(Array((text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }
}
