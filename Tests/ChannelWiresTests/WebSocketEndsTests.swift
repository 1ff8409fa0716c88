import ChannelMessages
import ChannelWires
import Testing

@Suite("Both ends of a WebSocket") struct WebSocketEndsTests {
  private let client = WebSocketWire(naming: "c-") { 0x0102_0304 }
  private let server = WebSocketWire(naming: "s-")
  private let event = Message(id: "1", timestamp: 1, kind: .event, method: "tick", payload: 7)

  @Test func understandEachOther() {
    #expect(server.take(client.encode(event)) == [.message(event)])
    #expect(client.take(server.encode(event)) == [.message(event)])
    #expect(server.take(client.encode(acknowledging: ["1", "2"]) ?? []) == [.acknowledged(["1", "2"])])
    // A server must not mask, and a client must.
    #expect(client.encode(event)[1] & 0x80 == 0x80 && server.encode(event)[1] & 0x80 == 0)
    let other = WebSocketWire(naming: "", masking: { 0 })
    guard case .refused = other.take(client.encode(event)).first else {
      Issue.record("a client took what a client has said")
      return
    }
  }

  @Test func answerSignsOfLifeEachInItsWay() {
    #expect(client.take(server.encodeLife()) == [])
    let answer = client.takeAnswers()
    #expect(answer == [0x8A, 0x80, 1, 2, 3, 4] && server.take(answer) == [])
    #expect(server.takeAnswers() == [])
  }

  @Test(arguments: [(nil, nil), (1000, nil), (1001, nil), (1008, "not there (1008): why"), (4401, "a token")])
  func tellAClientWhyItIsLeft(code: UInt16?, words: String?) throws {
    let code = try code.map { try #require(WebSocketCloseCode($0)) }
    let items = client.take(WebSocketFrame.close(code, reason: code == nil ? "" : "why").encoded(mask: nil))
    if let words {
      guard case .refusedThere(let told) = items.first else {
        Issue.record("it was not told: \(items)")
        return
      }
      #expect(told.contains(words), "\(told)")
    } else {
      #expect(items == [.left])
    }
    // It is closed from both sides, once.
    #expect(!client.takeAnswers().isEmpty && client.encode(.ending).isEmpty)
  }

  @Test func tellAServerNothingButThatItIsLeft() {
    let frame = WebSocketFrame.close(.forbidden, reason: "why").encoded(mask: 0)
    #expect(server.take(frame) == [.left])
  }
}
