import ChannelMessages
import ChannelWires
import Testing

@Suite("Messages on a WebSocket") struct WebSocketWireTests {
  private static let event = Message(id: "7", timestamp: 1, kind: .event, method: "tick", payload: [1, 2])
  private static let json = #"{"id":"7","timestamp":1,"type":"event","method":"tick","payload":[1,2]}"#

  private func said(_ first: UInt8, _ text: String) -> [UInt8] { HandmadeFrame.bytes(first, text, mask: nil) }

  private func closing(_ code: UInt16, _ reason: String = "") -> [UInt8] {
    HandmadeFrame.bytes(0x88, [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8), mask: nil)
  }

  private func take(_ bytes: [UInt8], limit: Int = 1_000) -> (items: [WireItem], answers: [UInt8]) {
    let whole = WebSocketWire(messageLimit: limit, naming: "p-")
    let items = whole.take(bytes)
    let answers = whole.takeAnswers()
    #expect(whole.takeAnswers().isEmpty, "each answer is given once")
    for cut in bytes.indices {
      let parts = WebSocketWire(messageLimit: limit, naming: "p-")
      #expect(parts.take(Array(bytes[..<cut])) + parts.take(Array(bytes[cut...])) == items, "cut at \(cut)")
      #expect(parts.takeAnswers() == answers, "cut at \(cut)")
    }
    return (items, answers)
  }

  @Test func areTextsWithoutAMask() {
    let wire = WebSocketWire(naming: "p-")
    #expect(wire.encode(Self.event) == said(0x81, Self.json))
    #expect(wire.encode(Self.event, mark: "1-1") == said(0x81, Self.json))
    #expect(wire.encode(acknowledging: ["7"]) == said(0x81, #"{"ack":"7"}"#))
    #expect(wire.encode(acknowledging: ["7", "8"]) == said(0x81, #"{"ack":["7","8"]}"#))
    #expect(wire.encodeLife() == [0x89, 0])
    #expect(!wire.hasSaidLast)
  }

  @Test func areReadOneAfterTheOther() {
    let bytes =
      HandmadeFrame.bytes(0x81, Self.json) + HandmadeFrame.bytes(0x89, "ping")
      + HandmadeFrame.bytes(0x81, #"{"ack":["1","2"]}"#) + HandmadeFrame.bytes(0x8A, "pong")
      + HandmadeFrame.bytes(0x81, #"{"type":"request","method":"m"}"#)
      + HandmadeFrame.bytes(0x81, #"{"refused":"too much"}"#)
    let (items, answers) = take(bytes)
    #expect(
      items == [
        .message(Self.event), .acknowledged(["1", "2"]),
        .message(Message(id: "p-message-3", timestamp: 0, kind: .request, method: "m")), .refusedThere("too much"),
      ]
    )
    #expect(answers == said(0x8A, "ping"))
  }

  @Test func endWithACloseWhichIsAnswered() {
    let bytes = HandmadeFrame.bytes(0x88, [0x03, 0xE8] + Array("bye".utf8)) + HandmadeFrame.bytes(0x81, Self.json)
    let (items, answers) = take(bytes)
    #expect(items == [.left])
    #expect(answers == closing(1000))
  }

  @Test func areRefusedWithTheirNumberAndReadNoMore() {
    let good = HandmadeFrame.bytes(0x81, Self.json)
    let (items, answers) = take(good + HandmadeFrame.bytes(0x81, "{") + good)
    guard items.count == 2, case .refused(let refusal) = items[1] else {
      Issue.record("\(items)")
      return
    }
    #expect(refusal.description.hasPrefix("message 2: ") && answers.isEmpty)
    #expect(take(HandmadeFrame.bytes(0x82, "a") + good).items.map(\.isRefusal) == [true])
    #expect(take(good, limit: 10).items.map(\.isRefusal) == [true])
    #expect(take(good, limit: 10).answers == closing(1009, "a message has 10 bytes at most"))
  }

  @Test func areRefusedInWordsAndByACode() {
    let wire = WebSocketWire(naming: "p-")
    let expected = said(0x81, #"{"refused":"no"}"#) + closing(1002, "no")
    #expect(wire.encode(refusal: WireRefusal("no")) == expected)
  }

  @Test(arguments: [
    (Farewell.ending, 1001, ""), (.replaced, 4409, "another has come by the name of this reader"),
    (.dismissed, 4401, "you may not be here any more: show who you are"),
  ])
  func saysByACodeWhyItEnds(_ farewell: Farewell, _ code: UInt16, _ reason: String) {
    let wire = WebSocketWire(naming: "p-")
    #expect(wire.encode(farewell) == closing(code, reason))
  }

  /// The ways to say the last word; each is the last (RFC 6455, 5.5.1).
  @Test(arguments: ["farewell", "refusal", "answer", "fault"]) func nothingStandsBehindTheLastWord(_ way: String) {
    let wire = WebSocketWire(messageLimit: 1_000, naming: "p-")
    switch way {
    case "farewell": _ = wire.encode(.ending)
    case "refusal": _ = wire.encode(refusal: WireRefusal("no"))
    case "answer": _ = wire.take(HandmadeFrame.bytes(0x88, [0x03, 0xE8]))
    default: _ = wire.take(HandmadeFrame.bytes(0x81, "a", mask: nil))
    }
    _ = wire.takeAnswers()
    #expect(wire.hasSaidLast)
    #expect(wire.encode(Self.event).isEmpty && wire.encode(Self.event, mark: "1-1").isEmpty)
    #expect(wire.encode(acknowledging: ["7"]) == nil && wire.encode(refusal: WireRefusal("no")) == nil)
    #expect(wire.encodeLife().isEmpty)
    for farewell in Farewell.allCases { #expect(wire.encode(farewell).isEmpty) }
    // Where only we have said it, the other end is still heard, and gets no answer.
    _ = wire.take(HandmadeFrame.bytes(0x89, "ping"))
    #expect(wire.takeAnswers().isEmpty)
  }
}

extension WireItem {
  fileprivate var isRefusal: Bool { if case .refused = self { true } else { false } }
}
