import ChannelMessages
import ChannelWires
import TestSupport

/// A client of a door in the hands of a test, which speaks on a WebSocket byte for byte.
final class WebSocketTalker {
  let socket: RawSocket
  private var reader = WebSocketReader(role: .client, messageLimit: 16 << 20)
  private var events: [WebSocketReader.Event] = []

  /// One that is open: the door has said so.
  init(_ port: UInt16, _ target: String = "/channels/channel/socket", _ headers: [String] = []) throws {
    socket = try RawSocket(port: port)
    let lines =
      ["GET \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Upgrade: websocket", "Connection: Upgrade"]
      + ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="] + headers
    try socket.send(lines.map { $0 + "\r\n" }.joined() + "\r\n")
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let bytes = try socket.receive(atMost: 1)
      guard !bytes.isEmpty, head.count < 4_096 else { throw Talker.Silence() }
      head += bytes
    }
    guard String(decoding: head, as: UTF8.self).hasPrefix("HTTP/1.1 101 ") else { throw Talker.Silence() }
  }

  /// What comes next; throws at the end.
  func next() throws -> WebSocketReader.Event {
    while events.isEmpty {
      let bytes = try socket.receive()
      if bytes.isEmpty { throw Talker.Silence() }
      events += reader.take(bytes)
    }
    return events.removeFirst()
  }

  /// The next message of a channel that is said, whatever is between.
  func message() throws -> Message {
    while true {
      switch try next() {
      case .message(.text, let bytes): if let message = try? Message(bytes) { return message }
      case .closing, .refused: throw Talker.Silence()
      case .message, .ping, .pong: continue
      }
    }
  }

  func say(_ text: String) throws { try socket.send(WebSocketFrame.text(Array(text.utf8)).encoded(mask: 0x37FA_213D)) }
}
