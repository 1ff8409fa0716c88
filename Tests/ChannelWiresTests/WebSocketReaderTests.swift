import ChannelWires
import TestSupport
import Testing

private typealias Frame = HandmadeFrame

@Suite("The reader of a WebSocket") struct WebSocketReaderTests {
  /// One line of the table.
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let expected: String

    static func all() throws -> [Example] {
      let text = String(decoding: try Fixture.bytes("websocket/frames.tsv"), as: UTF8.self)
      return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
        return Example(
          testDescription: String(columns[0]),
          bytes: Fixture.unescaped(columns[1]),
          expected: String(decoding: Fixture.unescaped(columns[2]), as: UTF8.self)
        )
      }
    }
  }

  private func refusal(_ bytes: [UInt8], role: WebSocketRole = .server, limit: Int = 1_000) -> WebSocketRefusal? {
    guard case .refused(let refusal) = Frame.events(bytes, role: role, limit: limit).last else { return nil }
    return refusal
  }

  private func text(_ text: String) -> WebSocketReader.Event { .message(.text, Array(text.utf8)) }

  @Test func thereAreExamples() throws { #expect(try Example.all().count == 14) }

  @Test(arguments: try Example.all()) func readsTheExamples(_ example: Example) {
    let role: WebSocketRole = example.bytes.first == UInt8(ascii: "s") ? .server : .client
    let said = Frame.events(Array(example.bytes.dropFirst()), role: role).map { event in
      switch event {
      case .message(.text, let bytes): "text:" + String(decoding: bytes, as: UTF8.self)
      case .message(.binary, let bytes): "binary:" + String(decoding: bytes, as: UTF8.self)
      case .ping(let bytes): "ping:" + String(decoding: bytes, as: UTF8.self)
      case .pong(let bytes): "pong:" + String(decoding: bytes, as: UTF8.self)
      case .closing(let code, let reason): "closing:" + (code.map { String($0.rawValue) } ?? "") + ":" + reason
      case .refused(let refusal): "refused:" + String(refusal.code.rawValue)
      }
    }
    #expect(said.joined(separator: " ") == example.expected)
  }

  /// RFC 6455, 5.7, has them too long for a table.
  @Test func readsTheLongExamples() {
    let short = [UInt8](repeating: 7, count: 256)
    #expect(Frame.events([0x82, 0x7E, 0x01, 0x00] + short, role: .client) == [.message(.binary, short)])
    let long = [UInt8](repeating: 7, count: 65_536)
    var reader = WebSocketReader(role: .client, messageLimit: 65_536)
    #expect(reader.take([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + long) == [.message(.binary, long)])
  }

  @Test func readsEmptyMessagesAndFrames() {
    #expect(Frame.events(Frame.bytes(0x81)) == [text("")])
    #expect(Frame.events(Frame.bytes(0x82, mask: nil), role: .client) == [.message(.binary, [])])
    let parts = Frame.bytes(0x01) + Frame.bytes(0x00) + Frame.bytes(0x00, "a") + Frame.bytes(0x80)
    #expect(Frame.events(parts + Frame.bytes(0x89)) == [text("a"), .ping([])])
  }

  @Test func waitsForTheRestOfAMessage() {
    var reader = WebSocketReader(role: .server, messageLimit: 10)
    var events = reader.take(Frame.bytes(0x01, "ab"))
    #expect(events.isEmpty)
    var isWithinMessage = reader.isWithinMessage
    #expect(isWithinMessage)
    events = reader.take([])
    #expect(events.isEmpty)
    events = reader.take(Frame.bytes(0x80, "c"))
    #expect(events == [text("abc")])
    isWithinMessage = reader.isWithinMessage
    #expect(!isWithinMessage)
  }

  @Test(
    arguments: [
      // Masks.
      (.server, Frame.bytes(0x81, "a", mask: nil), .notMasked),
      (.server, Frame.bytes(0x89, mask: nil), .notMasked),
      (.server, Frame.bytes(0x01, "a") + Frame.bytes(0x80, "b", mask: nil), .notMasked),
      (.client, Frame.bytes(0x81, "a"), .masked),
      (.client, Frame.bytes(0x88), .masked),
      // Reserved bits, and kinds of frame.
      (.server, Frame.bytes(0xC1, "a"), .reservedBits),
      (.server, Frame.bytes(0xA1, "a"), .reservedBits),
      (.server, Frame.bytes(0x91, "a"), .reservedBits),
      (.client, Frame.bytes(0xC9, mask: nil), .reservedBits),
      (.server, Frame.bytes(0x01, "a") + Frame.bytes(0xC0, "b"), .reservedBits),
      (.server, Frame.bytes(0x83, "a"), .unknownOpcode(3)),
      (.server, Frame.bytes(0x07), .unknownOpcode(7)),
      (.server, Frame.bytes(0x8B), .unknownOpcode(11)),
      (.client, Frame.bytes(0x8F, mask: nil), .unknownOpcode(15)),
      // Control frames in parts, or too long.
      (.server, Frame.bytes(0x09), .badFrame),
      (.server, Frame.bytes(0x08, [0x03, 0xE8]), .badFrame),
      (.server, Frame.bytes(0x0A, "a"), .badFrame),
      (.server, Frame.bytes(0x89, [UInt8](repeating: 0, count: 126)), .badFrame),
      (.server, Frame.bytes(0x88, [0x03, 0xE8] + [UInt8](repeating: 0x61, count: 124)), .badFrame),
      // Lengths that are not written in the shortest way, and one that is negative.
      (.server, Frame.bytes(0x82, [1], length: [0xFE, 0, 1]), .badFrame),
      (.server, Frame.bytes(0x82, [UInt8](repeating: 1, count: 125), length: [0xFE, 0, 125]), .badFrame),
      (.client, Frame.bytes(0x82, [1], mask: nil, length: [127, 0, 0, 0, 0, 0, 0, 0, 1]), .badFrame),
      (.client, Frame.bytes(0x82, [1], mask: nil, length: [127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]), .badFrame),
      (.client, Frame.bytes(0x82, [1], mask: nil, length: [127, 0x80, 0, 0, 0, 0, 0, 0, 1]), .badFrame),
      // Messages in parts.
      (.server, Frame.bytes(0x80, "a"), .continuesNothing),
      (.server, Frame.bytes(0x00, "a"), .continuesNothing),
      (.server, Frame.bytes(0x81, "a") + Frame.bytes(0x80, "b"), .continuesNothing),
      (.server, Frame.bytes(0x01, "a") + Frame.bytes(0x81, "b"), .interruptsMessage),
      (.server, Frame.bytes(0x02, "a") + Frame.bytes(0x89) + Frame.bytes(0x01, "b"), .interruptsMessage),
      // The close frame.
      (.server, Frame.bytes(0x88, [3]), .closeOfOneByte),
      (.server, Frame.bytes(0x88, [0x03, 0xE8, 0xFF]), .closeReasonNotText),
      (.client, Frame.bytes(0x88, [0x03, 0xE8, 0x61, 0xE2, 0x82], mask: nil), .closeReasonNotText),
    ] as [(WebSocketRole, [UInt8], WebSocketRefusal)]
  )
  func refuses(_ role: WebSocketRole, _ bytes: [UInt8], _ refusal: WebSocketRefusal) {
    #expect(self.refusal(bytes + Frame.bytes(0x81, "z"), role: role) == refusal)
    #expect(refusal.code == (refusal == .closeReasonNotText ? .invalidText : .protocolError))
  }

  @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] as [UInt16])
  func refusesCodesThatAreNeverSent(_ code: UInt16) {
    let payload = [UInt8(code >> 8), UInt8(code & 255)]
    #expect(refusal(Frame.bytes(0x88, payload)) == .badCloseCode(code))
    #expect(WebSocketCloseCode(code) == nil)
  }

  @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
  func takesCodesThatAreSent(_ code: UInt16) throws {
    let known = try #require(WebSocketCloseCode(code))
    let payload = [UInt8(code >> 8), UInt8(code & 255)] + Array("bye €".utf8)
    let events = Frame.events(Frame.bytes(0x88, payload))
    #expect(events == [.closing(known, reason: "bye €")])
    #expect(events.first?.answer == .close(known))
  }

  @Test func readsNothingBehindAClose() {
    let bytes = Frame.bytes(0x01, "a") + Frame.bytes(0x88) + Frame.bytes(0x80, "b") + Frame.bytes(0x89)
    #expect(Frame.events(bytes) == [.closing(nil, reason: "")])
  }

  @Test func readsNothingBehindARefusal() {
    let bytes = Frame.bytes(0x81, "a") + Frame.bytes(0x83) + Frame.bytes(0x81, "b")
    #expect(Frame.events(bytes) == [text("a"), .refused(.unknownOpcode(3))])
  }

  @Test func takesControlFramesOfTheGreatestLength() {
    let payload = [UInt8](repeating: 0x61, count: 125)
    #expect(Frame.events(Frame.bytes(0x89, payload) + Frame.bytes(0x8A, payload)) == [.ping(payload), .pong(payload)])
  }

  @Test func tellsWhatIsToBeAnswered() {
    #expect(WebSocketReader.Event.ping([1, 2]).answer == .pong([1, 2]))
    #expect(WebSocketReader.Event.pong([1]).answer == nil)
    #expect(WebSocketReader.Event.message(.binary, [1]).answer == nil)
    #expect(WebSocketReader.Event.closing(nil, reason: "x").answer == .close(nil))
    let refusal = WebSocketRefusal.tooBig(limit: 5)
    #expect(WebSocketReader.Event.refused(refusal).answer == .close(.tooBig, reason: refusal.text))
  }

  @Test(
    arguments: [
      .notMasked, .masked, .reservedBits, .unknownOpcode(15), .badFrame, .continuesNothing, .interruptsMessage,
      .tooBig(limit: .max), .notText, .closeOfOneByte, .badCloseCode(.max), .closeReasonNotText,
    ] as [WebSocketRefusal]
  )
  func saysWholeWhyItRefuses(_ refusal: WebSocketRefusal) {
    let frame = WebSocketFrame.close(refusal.code, reason: refusal.text).encoded(mask: nil)
    #expect(Frame.events(frame, role: .client) == [.closing(refusal.code, reason: refusal.text)])
  }
}
