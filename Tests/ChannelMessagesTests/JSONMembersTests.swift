import ChannelMessages
import Testing

@Suite struct JSONMembersTests {
  private func members(_ text: String) throws(JSONError) -> [String] {
    let bytes = Array(text.utf8)
    var found: [String] = []
    try JSONMembers.walk(bytes.span) { member in
      let name = JSONString.decode(bytes, member.name) ?? "?"
      found.append("\(name)=\(String(decoding: bytes[member.value], as: UTF8.self))")
    }
    return found
  }

  @Test func areHandedOverInTheirOrder() throws {
    #expect(try members("{}").isEmpty)
    #expect(try members(" { } \n").isEmpty)
    #expect(
      try members(" {\"a\": [1, {\"x\": 2}] , \"b\\u0021\":\"}\",\"a\":null} ") == [
        "a=[1, {\"x\": 2}]", "b!=\"}\"", "a=null",
      ]
    )
  }

  @Test func noBeginningOfAnObjectIsOne() {
    let text = "{\"a\":[1,{\"x\":2}],\"b\":\"}\",\"c\":-1.5e3}"
    for length in 0..<text.utf8.count {
      let error = #expect(throws: JSONError.self) { try members(String(text.prefix(length))) }
      #expect(error == JSONError(offset: length, reason: .unexpectedEnd))
    }
  }

  @Test(arguments: [
    ("[1]", 0, JSONError.Reason.notAMessage), ("1 2", 1, .junkAfterEnd), ("{\"a\":1,}", 7, .trailingComma),
    ("{,}", 1, .expectedKey), ("{\"a\" 1}", 5, .expectedColon), ("{\"a\":1 2}", 7, .expectedCommaOrBrace),
    ("{\"a\":1}}", 7, .junkAfterEnd), ("{\"a\":01}", 6, .leadingZero), ("x", 0, .expectedValue),
  ])
  func aMistakeIsToldWithItsPlace(_ text: String, _ offset: Int, _ reason: JSONError.Reason) {
    #expect(throws: JSONError(offset: offset, reason: reason)) { try members(text) }
  }
}
