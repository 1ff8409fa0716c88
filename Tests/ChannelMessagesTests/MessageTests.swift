import ChannelMessages
import Testing

@Suite struct MessageTests {
  private func text(_ message: Message) -> String { String(decoding: message.encode(), as: UTF8.self) }

  @Test func encodesTheKeysInTheProtocolsOrderAndLeavesOutWhatIsAbsent() throws {
    let payload = try JSONText(validating: Array(#"{"b":1.10,"a":12345678901234567890123}"#.utf8))
    let request = Message(id: "a", timestamp: 5, kind: .request, method: "m", payload: payload)
    #expect(
      text(request)
        == #"{"id":"a","timestamp":5,"type":"request","method":"m","payload":{"b":1.10,"a":12345678901234567890123}}"#
    )
    let refusal = Message(id: "b", timestamp: 0, kind: .response, replyTo: "a", error: "no")
    #expect(text(refusal) == #"{"id":"b","timestamp":0,"type":"response","reply_to":"a","payload":null,"error":"no"}"#)
    let bare = Message(id: "", timestamp: .max, kind: .event)
    #expect(text(bare) == #"{"id":"","timestamp":18446744073709551615,"type":"event","payload":null}"#)
  }

  @Test func keepsUnknownKeysInTheirOrder() throws {
    let source = #"{"trace":{"n":1.0},"id":"a","ttl":5,"timestamp":1,"type":"event","payload":[],"trace":null}"#
    let message = try Message(Array(source.utf8))
    #expect(message.unknownFields.map(\.name) == ["trace", "ttl", "trace"])
    #expect(message.unknownFields.map(\.value.description) == [#"{"n":1.0}"#, "5", "null"])
    #expect(
      text(message) == #"{"id":"a","timestamp":1,"type":"event","payload":[],"trace":{"n":1.0},"ttl":5,"trace":null}"#
    )
  }

  @Test func takesNoFurtherFieldNamedLikeAKnownKey() throws {
    for key in ["id", "timestamp", "type", "reply_to", "method", "payload", "error"] {
      #expect(MessageField(name: key, value: .null) == nil)
    }
    let field = try #require(MessageField(name: "x", value: .null))
    let message = Message(id: "a", timestamp: 1, kind: .event, unknownFields: [field])
    #expect(text(message) == #"{"id":"a","timestamp":1,"type":"event","payload":null,"x":null}"#)
  }

  @Test func readsTheArrayForm() throws {
    let message = try Message(Array(#"["a",5,"event",null,"m",{"k":1},null]"#.utf8))
    let payload = try JSONText(validating: Array(#"{"k":1}"#.utf8))
    #expect(message == Message(id: "a", timestamp: 5, kind: .event, method: "m", payload: payload))
  }

  @Test func takesNullForAbsent() throws {
    let message = try Message(
      Array(#"{"id":"a","timestamp":1,"type":"event","reply_to":null,"method":null,"payload":null,"error":null}"#.utf8)
    )
    #expect(message == Message(id: "a", timestamp: 1, kind: .event))
  }

  @Test func unescapesItsTexts() throws {
    let message = try Message(
      Array(#"{"id":"\u00e9\n","timestamp":1,"type":"\u0065vent","method":"\ud834\udd1e","payload":"\u0041"}"#.utf8)
    )
    #expect(message.id == "é\n" && message.method == "𝄞" && message.payload.description == #""\u0041""#)
  }

  @Test func encodesOnOneLineWhateverThePayloadLooksLike() throws {
    let payload = try JSONText(validating: Array("{\n  \"a b\": [ 1,\t\"x \\\" y\\\\\" ] }".utf8))
    let message = Message(id: "a", timestamp: 1, kind: .event, payload: payload)
    #expect(text(message).hasSuffix(#""payload":{"a b":[1,"x \" y\\"]}}"#))
    let again = try Message(message.encode())
    #expect(again.encode() == message.encode())
  }

  /// The table's third column is the text that we write, or our error.
  @Test(arguments: Fixture.table("messages.tsv")) func writesWhatTheTableSays(_ fixture: Fixture) throws {
    #expect(fixture.verdicts == [Self.rewritten(fixture.bytes)])
  }

  @Test func theTableIsThere() throws {
    #expect(Fixture.table("messages.tsv").count > 30)
    try Fixture.record("messages.tsv", keeping: 2) { [Self.rewritten($0.bytes)] }
  }

  private static func rewritten(_ bytes: [UInt8]) -> String {
    do throws(JSONError) {
      return String(decoding: try Message(bytes).encode(), as: UTF8.self)
    } catch {
      return "error: \(error)"
    }
  }

  @Test(arguments: Sample.windows) func comesBackFromItsOwnText(_ sample: Sample) throws {
    for element in try MessageArray.scan(sample.bytes) {
      guard let index = element.message else { continue }
      let message = Message(index, in: sample.bytes)
      #expect(try Message(Array(sample.bytes[element.range])) == message)
      let encoded = message.encode()
      let again = try Message(encoded)
      #expect(again.encode() == encoded)
      var compact = message
      compact.payload = again.payload
      compact.unknownFields = again.unknownFields
      #expect(compact == again)
    }
  }

  @Test(arguments: [
    ("", 0, JSONError.Reason.unexpectedEnd), ("5", 0, .notAMessage), (#"{"id":1}"#, 6, .wrongType(.id)),
    (#"{"id":"a","timestamp":1,"type":"event","payload":1} x"#, 52, .junkAfterEnd),
    (#"{"id":"a","timestamp":1,"type":"event"}"#, 0, .missingKey(.payload)),
    (#"{"id":"a","id":"b","timestamp":1,"type":"event","payload":1}"#, 10, .duplicateKey(.id)),
    (#"{"id":"\ud800","timestamp":1,"type":"event","payload":1}"#, 7, .loneSurrogate),
    (#"["a",1,"event",null,null,1]"#, 26, .wrongItemCount),
  ]) func refusesWhatIsNoMessage(_ text: String, _ offset: Int, _ reason: JSONError.Reason) {
    let error = failure { () throws(JSONError) in _ = try Message(Array(text.utf8)) }
    #expect(error == JSONError(offset: offset, reason: reason))
  }

  @Test func knowsWhichPayloadsAPeerCannotRead() throws {
    func hazard(_ text: String) throws -> PeerHazard? { try JSONText(validating: Array(text.utf8)).peerHazard }
    #expect(try hazard(#"{"a":[1,2]}"#) == nil)
    #expect(try hazard(Sample.nested(125)) == nil)
    #expect(try hazard(String(repeating: "[", count: 126) + String(repeating: "]", count: 126)) == .nesting(125))
    #expect(try hazard("[1e400]") == .numberBeyondDouble(1))
    #expect(try hazard(#"["\ud800"]"#) == .loneSurrogate(2))
  }
}
