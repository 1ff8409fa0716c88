// Messages out of bytes as they come.

internal import ChannelMessages

/// Reads what comes on a WebSocket that is open, however it is cut into pieces (RFC 6455).
///
/// No extension is known. What is refused ends all, and so does a close frame.
package struct WebSocketReader: ~Copyable {
  /// What came.
  package enum Event: Sendable, Hashable {
    case message(Kind, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    /// The other end says nothing more; without a code when it gave none.
    case closing(WebSocketCloseCode?, reason: String)
    /// Nothing more is read.
    case refused(WebSocketRefusal)

    /// What is to be sent for it, unless a close frame was sent before.
    package var answer: WebSocketFrame? {
      switch self {
      case .message, .pong: nil
      case .ping(let bytes): .pong(bytes)
      case .closing(let code, _): .close(code)
      case .refused(let refusal): .close(refusal.code, reason: refusal.text)
      }
    }
  }

  /// What a message is.
  package enum Kind: Sendable, Hashable {
    /// Its bytes are UTF-8.
    case text
    case binary
  }

  /// A message that was begun.
  private struct Message {
    let kind: Kind
    var text = UTF8Stream()
    var bytes: [UInt8] = []
  }

  private let role: WebSocketRole
  private let messageLimit: Int
  private var frames = WebSocketFrames()
  private var message: Message?
  /// What came of a control frame, which may stand between the frames of a message.
  private var control: [UInt8] = []
  private var isOver = false

  /// For one end, whose messages may have so many bytes.
  package init(role: WebSocketRole, messageLimit: Int) {
    self.role = role
    self.messageLimit = messageLimit
  }

  /// Whether a message was begun that is not whole yet.
  package var isWithinMessage: Bool { message != nil }

  /// Takes what came, and gives what is whole with it.
  package mutating func take(_ bytes: [UInt8]) -> [Event] {
    guard !isOver else { return [] }
    frames.take(bytes)
    var events: [Event] = []
    do throws(WebSocketRefusal) {
      while !isOver, let piece = try frames.next() {
        guard let event = try take(piece) else { continue }
        events.append(event)
        if case .closing = event { end() }
      }
    } catch {
      events.append(.refused(error))
      end()
    }
    return events
  }

  private mutating func end() {
    isOver = true
    frames.take([])
    message = nil
    control = []
  }

  private mutating func take(_ piece: WebSocketFrames.Piece) throws(WebSocketRefusal) -> Event? {
    guard let opcode = WebSocketOpcode(rawValue: piece.opcode) else { throw .unknownOpcode(piece.opcode) }
    if piece.isFirst { try begin(piece, opcode) }
    switch opcode {
    case .continuation, .text, .binary: return try takeData(piece)
    case .close, .ping, .pong:
      frames.append(to: &control)
      guard piece.isLast else { return nil }
      defer { control = [] }
      switch opcode {
      case .ping: return .ping(control)
      case .pong: return .pong(control)
      default: return try Self.closing(control)
      }
    }
  }

  /// Judges the head of a frame, before anything of it is kept.
  private mutating func begin(_ piece: WebSocketFrames.Piece, _ opcode: WebSocketOpcode) throws(WebSocketRefusal) {
    guard piece.reservedBits == 0 else { throw .reservedBits }
    switch role {
    case .server: guard piece.isMasked else { throw .notMasked }
    case .client: guard !piece.isMasked else { throw .masked }
    }
    switch opcode {
    case .close, .ping, .pong: return
    case .continuation: guard message != nil else { throw .continuesNothing }
    case .text, .binary:
      guard message == nil else { throw .interruptsMessage }
      message = Message(kind: opcode == .text ? .text : .binary)
    }
    let room = messageLimit - (message?.bytes.count ?? 0)
    guard piece.length <= UInt64(room) else { throw .tooBig(limit: messageLimit) }
  }

  private mutating func takeData(_ piece: WebSocketFrames.Piece) throws(WebSocketRefusal) -> Event? {
    // So that there is one owner, and a message that comes in many pieces is not copied for each.
    guard var taken = message.take() else { return nil }
    let before = taken.bytes.count
    makeRoom(for: piece, in: &taken.bytes)
    frames.append(to: &taken.bytes)
    if taken.kind == .text {
      guard taken.text.take(taken.bytes[before...]) else { throw .notText }
    }
    guard piece.isLast, piece.endsMessage else {
      message = taken
      return nil
    }
    guard taken.text.isComplete else { throw .notText }
    return .message(taken.kind, taken.bytes)
  }

  /// An array left alone doubles beyond the limit. Nothing is set aside for what was only announced.
  private func makeRoom(for piece: WebSocketFrames.Piece, in bytes: inout [UInt8]) {
    let needed = bytes.count + piece.count
    guard bytes.capacity < needed else { return }
    let mostEver = piece.endsMessage ? bytes.count + Int(piece.remaining) : messageLimit
    bytes.reserveCapacity(max(needed, min(2 * bytes.capacity, mostEver)))
  }

  private static func closing(_ bytes: [UInt8]) throws(WebSocketRefusal) -> Event {
    guard let first = bytes.first else { return .closing(nil, reason: "") }
    guard bytes.count > 1 else { throw .closeOfOneByte }
    let number = UInt16(first) << 8 | UInt16(bytes[1])
    guard let code = WebSocketCloseCode(number) else { throw .badCloseCode(number) }
    guard let reason = String(validating: bytes.dropFirst(2), as: UTF8.self) else { throw .closeReasonNotText }
    return .closing(code, reason: reason)
  }
}
