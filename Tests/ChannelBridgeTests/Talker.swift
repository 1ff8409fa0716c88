import ChannelMessages
import ChannelWires
import TestSupport

/// A peer in the hands of a test, which speaks lines.
final class Talker {
  struct Silence: Error {}

  let socket: RawSocket
  private var lines = LinesWire()
  private var items: [WireItem] = []

  init(_ socket: RawSocket) {
    self.socket = socket
  }

  /// What the bridge says next; throws at the end.
  func next() throws -> WireItem {
    while true {
      if !items.isEmpty { return items.removeFirst() }
      let bytes = try socket.receive()
      if bytes.isEmpty { throw Silence() }
      items += lines.take(bytes)
    }
  }

  func message() throws -> Message {
    guard case .message(let message) = try next() else { throw Silence() }
    return message
  }

  func say(_ line: String) throws { try socket.send(line + "\n") }

  func answer(_ request: Message, _ payload: JSONText) throws {
    try say("{\"type\":\"response\",\"reply_to\":\"\(request.id)\",\"payload\":\(payload)}")
  }
}
