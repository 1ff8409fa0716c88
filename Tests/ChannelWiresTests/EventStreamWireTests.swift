import ChannelMessages
import ChannelWires
import Testing

@Suite("Messages as the body of an answer") struct EventStreamWireTests {
  private static let event = Message(id: "7", timestamp: 1, kind: .event, method: "tick", payload: [1, 2])
  private static let json = #"{"id":"7","timestamp":1,"type":"event","method":"tick","payload":[1,2]}"#

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func areEventsOfABrowserWithTheirMarkForAnID() {
    let wire = EventStreamWire(.serverSentEvents)
    #expect(wire.contentType == .eventStream)
    #expect(Self.text(wire.opening) == "retry: 100\n\n")
    #expect(Self.text(wire.encode(Self.event)) == "data: \(Self.json)\n\n")
    #expect(Self.text(wire.encode(Self.event, mark: "3f2a-17")) == "id: 3f2a-17\ndata: \(Self.json)\n\n")
    #expect(Self.text(wire.encodeLife()) == ":\n\n")
  }

  @Test func areLinesWithTheirMarkInThem() {
    let wire = EventStreamWire(.lines)
    #expect(wire.contentType == .jsonLines)
    #expect(wire.opening.isEmpty)
    #expect(Self.text(wire.encode(Self.event)) == Self.json + "\n")
    #expect(
      Self.text(wire.encode(Self.event, mark: "3f2a-17")) == Self.json.dropLast() + #","mark":"3f2a-17"}"# + "\n"
    )
    #expect(Self.text(wire.encodeLife()) == "\n")
  }

  /// Whoever sent it does not say how far somebody has come who gets it.
  @Test func haveNoMarkButOurs() throws {
    var event = Self.event
    event.unknownFields = [("mark", "1-1"), ("via", "a")].compactMap { MessageField(name: $0, value: $1) }
    let line = EventStreamWire(.lines).encode(event, mark: "2-2")
    let read = try Message(Array(line.dropLast()))
    #expect(read.unknownFields.map(\.name) == ["via", "mark"])
    #expect(read.unknownFields.last?.value == "2-2")
  }

  @Test(arguments: EventStreamWire.Form.allCases)
  func standOnOneLineWhateverTheySay(_ form: EventStreamWire.Form) throws {
    let payload = try JSONText(validating: Array("[\n1,\r\n \"a\\nb\"\r]".utf8))
    let event = Message(id: "a\nb\r\u{2028}", timestamp: 1, kind: .event, method: "e\n\ndata: x", payload: payload)
    let text = Self.text(EventStreamWire(form).encode(event))
    let lines = text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" }
    let ends = form == .lines ? 1 : 2
    #expect(lines.count == 1 + ends && lines.dropFirst().allSatisfy(\.isEmpty), "\(text)")
  }

  @Test(arguments: EventStreamWire.Form.allCases) func areAllThatIsSaid(_ form: EventStreamWire.Form) {
    var wire = EventStreamWire(form)
    #expect(wire.take(Array(#"{"ack":"7"}"#.utf8)).isEmpty)
    #expect(wire.takeAnswers().isEmpty)
    #expect(wire.encode(acknowledging: ["7"]) == nil)
    #expect(wire.encode(refusal: WireRefusal("no")) == nil)
    for farewell in Farewell.allCases { #expect(wire.encode(farewell).isEmpty) }
    #expect(!wire.hasSaidLast)
  }
}
