import ChannelMessages
import Testing

/// JSON that is written down in a program's text.
@Suite struct JSONLiteralTests {
  @Test func isTheJSONThatItLooksLike() throws {
    let text: JSONText = [
      "file": "a \"b\"\n", "lines": 40, "share": 0.5, "huge": 1e300, "isOpen": true, "none": .null,
      "tags": ["draft", -2, [:], []],
    ]
    #expect(
      text.description
        == #"{"file":"a \"b\"\n","lines":40,"share":0.5,"huge":1e+300,"isOpen":true,"none":null,"#
        + #""tags":["draft",-2,{},[]]}"#
    )
    #expect(try JSONText(validating: text.bytes) == text)
  }

  @Test func takesTextAsAStringAndNoJSON() {
    let number = 7
    #expect(("{\(number)}" as JSONText).description == #""{7}""#)
  }
}
