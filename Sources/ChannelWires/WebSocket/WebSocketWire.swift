// One message of a WebSocket each.

package import ChannelMessages

/// What is said, one thing a text message; see `ItemText`. It is one end of a WebSocket that is open.
package final class WebSocketWire: Wire {
  /// What is spoken, as clients ask for it.
  package static let subprotocol = "transom.1"

  private var reader: WebSocketReader
  /// Makes up the mask of a frame, where this is the client's end.
  private let mask: (@Sendable () -> UInt32)?
  private let text: ItemText
  private var answers: [UInt8] = []
  private var count: UInt64 = 0
  private var isOver = false
  /// Whether the frame that closes was said, behind which there is none (RFC 6455, 5.5.1).
  package private(set) var hasSaidLast = false

  /// `prefix` is what ids that are made up begin with. With `mask`, which nobody can foretell, it is the client's end, and
  /// else the server's.
  package init(
    messageLimit: Int = LinesWire.lineLimit,
    naming prefix: String,
    masking mask: (@Sendable () -> UInt32)? = nil
  ) {
    reader = WebSocketReader(role: mask == nil ? .server : .client, messageLimit: messageLimit)
    self.mask = mask
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
    case .closing(let code, let reason):
      // A client that is told nothing by it would come again and again, and never know why in vain.
      guard mask != nil, let code, let words = code.words else { return .left }
      return .refusedThere(reason.isEmpty ? "\(words) (\(code.rawValue))" : "\(words) (\(code.rawValue)): \(reason)")
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
    answers += written(frame)
  }

  // MARK: Writing

  package func takeAnswers() -> [UInt8] {
    defer { answers = [] }
    return answers
  }

  package func encode(_ message: Message) -> [UInt8] { written(.text(message.encode())) }

  package func encode(acknowledging ids: [String]) -> [UInt8]? {
    hasSaidLast ? nil : written(.text(text.encode(acknowledging: ids)))
  }

  package func encode(refusal: WireRefusal) -> [UInt8]? {
    if hasSaidLast { return nil }
    return written(.text(text.encode(refusal: refusal)))
      + written(.close(.protocolError, reason: refusal.description))
  }

  package func encodeLife() -> [UInt8] { written(.ping([])) }

  package func encode(_ farewell: Farewell) -> [UInt8] {
    switch farewell {
    case .ending: written(.close(.goingAway))
    case .replaced: written(.close(.replaced, reason: "another has come by the name of this reader"))
    case .dismissed: written(.close(.unknown, reason: "you may not be here any more: show who you are"))
    }
  }

  /// A frame, or nothing behind the last.
  private func written(_ frame: WebSocketFrame) -> [UInt8] {
    if hasSaidLast { return [] }
    if case .close = frame { hasSaidLast = true }
    return frame.encoded(mask: mask?())
  }
}
