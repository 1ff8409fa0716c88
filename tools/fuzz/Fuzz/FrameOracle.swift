internal import ChannelWires

/// RFC 6455 said once more, in the plainest way: over whole frames only, and knowing nothing of the codec.
struct FrameOracle {
  /// What whole frames say, up to the first that is refused, by its close code.
  private(set) var events: [WebSocketReader.Event] = []
  private(set) var refusal: UInt16?

  private let bytes: [UInt8]
  private let isServer: Bool
  private let limit: Int
  private var at = 0
  /// The kind of message that was begun, and its bytes.
  private var begun: (isText: Bool, bytes: [UInt8])?

  init(reading bytes: [UInt8], isServer: Bool, limit: Int) {
    self.bytes = bytes
    self.isServer = isServer
    self.limit = limit
    while refusal == nil, frame() {}
  }

  /// Reads a frame, and says whether another may follow.
  private mutating func frame() -> Bool {
    guard let head = take(2) else { return false }
    let (isLast, opcode, isMasked) = (head[0] & 0x80 != 0, head[0] & 0x0F, head[1] & 0x80 != 0)
    let isControl = opcode >= 8
    let short = Int(head[1] & 0x7F)
    guard !isControl || (isLast && short < 126) else { return refuse(1002) }
    var length = UInt64(short)
    if short >= 126 {
      guard let long = take(short == 126 ? 2 : 8) else { return false }
      length = long.reduce(0) { $0 << 8 | UInt64($1) }
      guard length > (short == 126 ? 125 : 65_535), length >> 63 == 0 else { return refuse(1002) }
    }
    guard let mask = take(isMasked ? 4 : 0) else { return false }
    // Of a frame with bytes nothing is judged before the first of them is there.
    guard length == 0 || at < bytes.count else { return false }
    guard head[0] & 0x70 == 0, [0, 1, 2, 8, 9, 10].contains(opcode), isMasked == isServer else { return refuse(1002) }
    guard isControl || (opcode == 0) == (begun != nil) else { return refuse(1002) }
    if !isControl, length > UInt64(limit - (begun?.bytes.count ?? 0)) { return refuse(1009) }
    guard let masked = take(Int(length)) else { return false }
    let payload = masked.enumerated().map { isMasked ? $1 ^ mask[$0 % 4] : $1 }
    if isControl { return control(opcode, payload) }
    let message = (isText: begun?.isText ?? (opcode == 1), bytes: (begun?.bytes ?? []) + payload)
    if message.isText, !Self.isText(message.bytes, isWhole: isLast) { return refuse(1007) }
    begun = isLast ? nil : message
    guard isLast else { return true }
    events.append(.message(message.isText ? .text : .binary, message.bytes))
    return true
  }

  private mutating func control(_ opcode: UInt8, _ payload: [UInt8]) -> Bool {
    guard opcode == 8 else {
      events.append(opcode == 9 ? .ping(payload) : .pong(payload))
      return true
    }
    if payload.isEmpty {
      events.append(.closing(nil, reason: ""))
      return false
    }
    let number = payload.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
    let isSent = 1000...1014 ~= number && ![1004, 1005, 1006].contains(number) || 3000...4999 ~= number
    guard payload.count >= 2, isSent, let code = WebSocketCloseCode(number) else { return refuse(1002) }
    guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else { return refuse(1007) }
    events.append(.closing(code, reason: reason))
    return false
  }

  /// Whether it is a text, or when it is not whole may begin one: one of these ends completes any character.
  private static func isText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
    let ends: [[UInt8]] = [
      [0x80], [0x80, 0x80], [0x90, 0x80], [0xA0, 0x80], [0x80, 0x80, 0x80], [0x90, 0x80, 0x80],
    ]
    return ([[]] + (isWhole ? [] : ends)).contains { String(validating: bytes + $0, as: UTF8.self) != nil }
  }

  private mutating func refuse(_ code: UInt16) -> Bool {
    refusal = code
    return false
  }

  private mutating func take(_ count: Int) -> [UInt8]? {
    guard count <= bytes.count - at else { return nil }
    defer { at += count }
    return Array(bytes[at..<at + count])
  }
}
