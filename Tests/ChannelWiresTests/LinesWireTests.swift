import ChannelMessages
import ChannelWires
import TestSupport
import Testing

@Suite("Messages as lines") struct LinesWireTests {
  private static let request = Message(id: "7", timestamp: 1, kind: .request, method: "sum", payload: [1, 2])

  private static func read(_ text: String) -> [WireItem] {
    var wire = LinesWire()
    return wire.take(Array(text.utf8))
  }

  @Test func areWhatWasWrittenHoweverTheyAreCut() {
    let wire = LinesWire()
    var answer = Message(id: "8", timestamp: 2, kind: .response, replyTo: "7", error: "no")
    answer.unknownFields = [MessageField(name: "via", value: ["a"])].compactMap(\.self)
    let ack = wire.encode(acknowledging: ["7", "9"]) ?? []
    let refusal = wire.encode(refusal: WireRefusal("too much")) ?? []
    let bytes = wire.encode(Self.request) + wire.encode(answer) + ack + refusal
    for size in 1...bytes.count {
      var reader = LinesWire()
      var items: [WireItem] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        items += reader.take(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(
        items == [
          .message(Self.request), .message(answer), .acknowledged(["7", "9"]), .refusedThere("too much"),
        ]
      )
    }
  }

  @Test func mayLeaveOutWhatCanBeMadeUp() {
    let items = Self.read(
      "\n\r\n{\"type\":\"request\",\"method\":\"sum\"}\r\n{\"type\":\"event\",\"method\":\"a\",\"id\":\"x\"}\n"
    )
    #expect(
      items == [
        .message(Message(id: "line-3", timestamp: 0, kind: .request, method: "sum")),
        .message(Message(id: "x", timestamp: 0, kind: .event, method: "a")),
      ]
    )
  }

  /// Whoever forgets the end of the last line is understood, and told when it is none.
  @Test(arguments: [
    (
      #"{"type":"event","method":"a"}"#,
      WireItem.message(Message(id: "line-2", timestamp: 0, kind: .event, method: "a"))
    ),
    (#"{"ack":"x"}"#, .acknowledged(["x"])),
    (#"{"type":"event","meth"#, .refused(WireRefusal("line 2 breaks off, and is no message"))),
    ("hello", .refused(WireRefusal("line 2 breaks off, and is no message"))),
  ])
  func mayHaveNoEndAtTheEnd(_ text: String, _ expected: WireItem) {
    var wire = LinesWire()
    #expect(wire.take(Array("\n\(text)".utf8)).isEmpty)
    #expect(wire.takeEnd() == [expected])
    #expect(wire.takeEnd().isEmpty && wire.take(Array("\n".utf8)).isEmpty)
  }

  @Test func areOverWhereNothingWasBegun() {
    var wire = LinesWire()
    #expect(wire.take(Array("{\"ack\":\"x\"}\n\r".utf8)).count == 1)
    #expect(wire.takeEnd().isEmpty)
  }

  @Test func acknowledgeOneOrSeveral() {
    #expect(Self.read("{\"ack\":\"a\\u0062\"}\n{\"ack\":[]}\n") == [.acknowledged(["ab"]), .acknowledged([])])
    #expect(LinesWire().encode(acknowledging: ["a"]) == Array("{\"ack\":\"a\"}\n".utf8))
  }

  @Test(arguments: [
    ("{", "line 1: the text ends in the middle of a value at byte 1"),
    ("[1]", "line 1: \"id\" has the wrong type at byte 1"),
    ("{\"type\":\"call\",\"id\":\"1\",\"timestamp\":1,\"payload\":1}", "line 1: \"type\" must be"),
    ("{\"ack\":1}", "line 1: a text was expected"),
    ("{\"ack\":[\"a\",2]}", "line 1: a text was expected"),
    ("{\"type\":\"event\",\"metod\":\"a\"}", "line 1: \"method\" is missing"),
    ("{\"type\":\"request\",\"id\":\"1\",\"timestamp\":1,\"payload\":1}", "line 1: \"method\" is missing"),
    ("{\"method\":\"a\"}", "line 1: the message has no \"type\""),
    ("{\"type\":\"event\",\"type\":\"event\"}", "line 1:"),
  ])
  func areRefusedWithTheirPlace(text: String, words: String) {
    let items = Self.read("\(text)\n{\"ack\":\"a\"}\n")
    guard case .refused(let refusal) = items.first, items.count == 1 else {
      Issue.record("\(items)")
      return
    }
    #expect(refusal.description.hasPrefix(words), "\(refusal)")
  }

  @Test func areReadNoMoreAfterARefusal() {
    var wire = LinesWire(lineLimit: 8)
    #expect(wire.take(Array("123456789".utf8)) == [.refused(WireRefusal("line 1: it is longer than 8 bytes"))])
    #expect(wire.take(Array("\n{\"ack\":1}\n".utf8)).isEmpty)
  }

  @Test func refuseAnAcknowledgementOfTooMany() {
    let ids = Array(repeating: "\"a\"", count: 4_097).joined(separator: ",")
    #expect(
      Self.read("{\"ack\":[\(ids)]}\n") == [.refused(WireRefusal("line 1: \"ack\" names more than 4096 messages"))]
    )
  }
}
