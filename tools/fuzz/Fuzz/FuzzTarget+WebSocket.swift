internal import ChannelWires

extension FuzzTarget {
  /// A WebSocket that is open. One bit of the first byte says which end reads, all of it where the rest is cut in two.
  ///
  /// Memory: wslay's own buffer; an empty frame has two bytes, and its event an entry of 40 in an array that doubles; a
  /// message that comes by the byte grows as often as it doubles, and has never room for more than the limit.
  static let webSocket = FuzzTarget(
    name: "websocket",
    maximumLength: 1_024,
    allocationBase: 32 << 10,
    allocationPerByte: 128,
    seeds: ["websocket/frames.tsv"]
  ) { bytes in
    guard let first = bytes.first else { return }
    // The letters c and s differ in it.
    let role: WebSocketRole = first & 0x10 == 0 ? .client : .server
    let text = uncounted { Array(bytes.dropFirst()) }
    let events = frameEvents(role, [text])
    uncounted {
      let cut = text.isEmpty ? 0 : Int(first) % text.count
      check(frameEvents(role, [Array(text[..<cut]), Array(text[cut...])]) == events, "a cut changes nothing")
      check(frameEvents(role, text.map { [$0] }) == events, "pieces change nothing")
      checkFrames(events)
      checkFrames(events, FrameOracle(reading: text, isServer: role == .server, limit: frameLimit))
    }
  }

  private static let frameLimit = 300

  private static func frameEvents(_ role: WebSocketRole, _ pieces: [[UInt8]]) -> [WebSocketReader.Event] {
    var reader = WebSocketReader(role: role, messageLimit: frameLimit)
    var events: [WebSocketReader.Event] = []
    for piece in pieces { events += reader.take(piece) }
    return events
  }

  private static func checkFrames(_ events: [WebSocketReader.Event], _ oracle: FrameOracle) {
    check(events.starts(with: oracle.events), "what whole frames say is read: \(oracle.events)")
    let more = events.dropFirst(oracle.events.count)
    check(more.count <= 1, "nothing else is read")
    guard let last = more.first else { return check(oracle.refusal == nil, "what is wrong is refused") }
    guard case .refused(let refusal) = last else { return check(false, "nothing else is read") }
    // A text may be refused before its frame is whole.
    check(refusal.code == .invalidText || oracle.refusal == refusal.code.rawValue, "it is refused for what is wrong")
  }

  private static func checkFrames(_ events: [WebSocketReader.Event]) {
    for (place, event) in events.enumerated() {
      let frame: WebSocketFrame
      switch event {
      case .message(.text, let bytes):
        check(bytes.count <= frameLimit && String(validating: bytes, as: UTF8.self) != nil, "a text is text")
        frame = .text(bytes)
      case .message(.binary, let bytes):
        check(bytes.count <= frameLimit, "the limit holds")
        frame = .binary(bytes)
      case .ping(let bytes): frame = .ping(bytes)
      case .pong(let bytes): frame = .pong(bytes)
      case .closing(let code, let reason):
        check(place == events.count - 1, "nothing follows a close")
        frame = .close(code, reason: reason)
      case .refused: return check(place == events.count - 1, "nothing follows a refusal")
      }
      check(frameEvents(.client, [frame.encoded(mask: nil)]) == [event], "what was read is read as it is written")
      check(frameEvents(.server, [frame.encoded(mask: 0x8142_F381)]) == [event], "and with a mask")
    }
  }
}
