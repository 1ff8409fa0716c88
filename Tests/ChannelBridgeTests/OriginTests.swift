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
    #expect(Origin.id(of: again) == id)
  }

  @Test func isThatOfTheLastBridge() throws {
    let other = try #require(MessageField(name: "via", value: JSONText(trusted: Array("[\"x\"]".utf8))))
    let fields = Origin.extended(Origin.extended([other], by: "first"), by: "second")
    #expect(fields.count == 2 && fields.contains(other) && Origin.id(of: Self.message(fields)) == "second")
  }

  @Test func isLeftOutWhereItIsTooLong() {
    let fields = Origin.extended(Origin.extended([], by: "first"), by: String(repeating: "x", count: 401))
    #expect(fields.isEmpty && Origin.id(of: Self.message(fields)) == nil)
  }

  @Test(arguments: ["1", "null", "[]", "\"\\uD800\""]) func isNoneWhereItIsNoText(_ value: String) throws {
    let field = try #require(MessageField(name: "origin", value: JSONText(trusted: Array(value.utf8))))
    #expect(Origin.id(of: Self.message([field])) == nil)
  }
}
