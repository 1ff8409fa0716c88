import ChannelMessages
import Testing

@Suite struct JSONElementsTests {
  private func elements(_ text: String, depth: Int = 512) throws(JSONError) -> [String] {
    let bytes = Array(text.utf8)
    var found: [String] = []
    try JSONElements.walk(bytes.span, limits: JSONLimits(depth: depth)) { value in
      found.append(String(decoding: bytes[value], as: UTF8.self))
    }
    return found
  }

  @Test func areHandedOverInTheirOrder() throws {
    #expect(try elements("[]").isEmpty)
    #expect(try elements(" [ ] \n").isEmpty)
    #expect(try elements(" [1 , [2, {\"a\":[]}],\"],[\" , null ] ") == ["1", "[2, {\"a\":[]}]", "\"],[\"", "null"])
  }

  @Test func noBeginningOfAnArrayIsOne() {
    let text = "[1,[2,{\"x\":2}],\"]\",-1.5e3]"
    for length in 0..<text.utf8.count {
      let error = #expect(throws: JSONError.self) { try elements(String(text.prefix(length))) }
      #expect(error == JSONError(offset: length, reason: .unexpectedEnd))
    }
  }

  @Test(arguments: [
    ("{}", 0, JSONError.Reason.expectedArray), ("1 2", 1, .junkAfterEnd), ("[1,]", 3, .trailingComma),
    ("[,1]", 1, .expectedValue), ("[1 2]", 3, .expectedCommaOrBracket), ("[1]]", 3, .junkAfterEnd),
    ("[01]", 2, .leadingZero), ("[[[1]]]", 2, .tooDeep),
  ])
  func aMistakeIsToldWithItsPlace(_ text: String, _ offset: Int, _ reason: JSONError.Reason) {
    #expect(throws: JSONError(offset: offset, reason: reason)) { try elements(text, depth: 1) }
  }

  @Test func bytesThatAreNoTextAreNone() {
    let bytes: [UInt8] = [0x5B, 0x22, 0xFF, 0x22, 0x5D]
    #expect(throws: JSONError(offset: 2, reason: .invalidUTF8)) { try JSONElements.walk(bytes.span) { _ in } }
  }
}
