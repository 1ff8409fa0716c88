// One message of a WebSocket each.

package import ChannelMessages

/// What is said, one thing a text message; see `ItemText`. It is the server's end of a WebSocket that is open.
package final class WebSocketWire: Wire {
  /// What is spoken, as clients ask for it.
  package static let subprotocol = "transom.1"

  private var reader: WebSocketReader
  private let text: ItemText
  private var answers: [UInt8] = []
  private var count: UInt64 = 0
  private var isOver = false
  /// Whether the last frame was said.
  private var hasClosed = false

  /// `prefix` is what ids that are made up begin with.
  package init(messageLimit: Int = LinesWire.lineLimit, naming prefix: String) {
    reader = WebSocketReader(role: .server, messageLimit: messageLimit)
    text = ItemText(unit: "message", prefix: prefix)
  }

  // MARK: Reading

  package func take(_ bytes: [UInt8]) -> [WireItem] {
    guard !isOver else { return [] }
    var items: [WireItem] = []
    for event in reader.take(bytes) {
      guard let item = item(of: event) else { continue }
      items.append(item)
      switch item {
      case .refused, .left:
        isOver = true
        return items
      case .message, .acknowledged, .refusedThere: break
      }
    }
    return items
  }

  private func item(of event: WebSocketReader.Event) -> WireItem? {
    if let answer = event.answer { say(answer) }
    switch event {
    case .ping, .pong: return nil
    case .closing: return .left
    case .refused(let refusal): return .refused(WireRefusal(refusal.text))
    case .message(.binary, _): return .refused(WireRefusal("a message is a text, and this one is binary"))
    case .message(.text, let bytes):
      count += 1
      do throws(WireRefusal) {
        return try text.item(of: bytes, number: count)
      } catch {
        return .refused(error)
      }
    }
  }

  private func say(_ frame: WebSocketFrame) {
    guard !hasClosed else { return }
    if case .close = frame { hasClosed = true }
    answers += frame.encoded(mask: nil)
  }

  // MARK: Writing

  package func takeAnswers() -> [UInt8] {
    defer { answers = [] }
    return answers
  }

  package func encode(_ message: Message) -> [UInt8] { WebSocketFrame.text(message.encode()).encoded(mask: nil) }

  package func encode(acknowledging ids: [String]) -> [UInt8]? {
    WebSocketFrame.text(text.encode(acknowledging: ids)).encoded(mask: nil)
  }

  package func encode(refusal: WireRefusal) -> [UInt8]? {
    if hasClosed { return nil }
    hasClosed = true
    return WebSocketFrame.text(text.encode(refusal: refusal)).encoded(mask: nil)
      + WebSocketFrame.close(.protocolError, reason: refusal.description).encoded(mask: nil)
  }

  package func encodeLife() -> [UInt8] { WebSocketFrame.ping([]).encoded(mask: nil) }

  package func encode(_ farewell: Farewell) -> [UInt8] {
    if hasClosed { return [] }
    hasClosed = true
    switch farewell {
    case .ending: return WebSocketFrame.close(.goingAway).encoded(mask: nil)
    case .replaced:
      return WebSocketFrame.close(.replaced, reason: "another has come by the name of this reader").encoded(mask: nil)
    }
  }
}
