import ChannelMessages
import Testing

@testable import ChannelBridge

/// What a message was called at the peer that told it.
struct OriginTests {
  private static func message(_ fields: [MessageField]) -> Message {
    var message = Message(id: "own", timestamp: 1, kind: .event, method: "a")
    message.unknownFields = fields
    return message
  }

  @Test(arguments: ["1", "", "a \"b\" \\ \n é 𝄞", String(repeating: "x", count: 400)])
  func isReadAsItWasWritten(_ id: String) throws {
    let fields = Origin.extended([], by: id)
    let again = try Message(Self.message(fields).encode())
    #expect(Origin.name(in: again) == id)
  }

  @Test func isThatOfTheLastBridge() throws {
    let other = try #require(MessageField(name: "via", value: JSONText(trusted: Array("[\"x\"]".utf8))))
    let fields = Origin.extended(Origin.extended([other], by: "first"), by: "second")
    #expect(fields.count == 2 && fields.contains(other) && Origin.name(in: Self.message(fields)) == "second")
  }

  @Test func isLeftOutWhereItIsTooLong() {
    let fields = Origin.extended(Origin.extended([], by: "first"), by: String(repeating: "x", count: 401))
    #expect(fields.isEmpty && Origin.name(in: Self.message(fields)) == nil)
  }

  @Test(arguments: ["1", "null", "[]", "\"\\uD800\""]) func isNoneWhereItIsNoText(_ value: String) throws {
    let field = try #require(MessageField(name: "origin", value: JSONText(trusted: Array(value.utf8))))
    #expect(Origin.name(in: Self.message([field])) == nil)
  }

  private static func event(_ id: String, at timestamp: UInt64, _ name: String, _ payload: JSONText) -> Message {
    Message(id: id, timestamp: timestamp, kind: .event, method: name, payload: payload)
  }

  @Test func isAnotherWhereAnythingDiffers() {
    let names = [
      Origin.name(of: Self.event("1", at: 5, "a", 7)), Origin.name(of: Self.event("2", at: 5, "a", 7)),
      Origin.name(of: Self.event("1", at: 6, "a", 7)), Origin.name(of: Self.event("1", at: 5, "b", 7)),
      Origin.name(of: Self.event("1", at: 5, "a", 8)), Origin.name(of: Self.event("1", at: 5, "a7", "")),
      Origin.name(of: Self.event("1", at: 5, "a", 7), toldBy: "desk"),
    ]
    #expect(Set(names).count == names.count)
  }

  /// What stands in channels has to be known by bridges of other days.
  @Test func isTheSameForAllBridges() {
    #expect(Origin.name(of: Self.event("1", at: 5, "a", 7), toldBy: "desk") == "desk 1 395e286b5ce59003")
  }
}
