import Testing

@testable import ChannelBridge

@Suite("The words of a program") struct ProgramWordsTests {
  @Test(arguments: [
    ("a b  c", ["a", "b", "c"]), ("  a\tb\n", ["a", "b"]), ("", []), ("'a b' \"c d\"", ["a b", "c d"]),
    ("a'b c'd", ["ab cd"]), (#"a\ b"#, ["a b"]), (#""a\"b\\c\d""#, [#"a"b\c\d"#]), (#"'a\b'"#, [#"a\b"#]),
    ("'' \"\"", ["", ""]), ("$HOME | `x` > y; *", ["$HOME", "|", "`x`", ">", "y;", "*"]), ("\"it's\"", ["it's"]),
    // What joins the character behind it to itself, and what joins itself to the one before.
    ("a\u{600}\tb", ["a\u{600}", "b"]), ("a \u{301}b", ["a", "\u{301}b"]), ("'a'\u{301}", ["a\u{301}"]),
    (#""'\#u{301}c""#, ["'\u{301}c"]),
  ])
  func areThoseOfAShellWithoutItsMagic(text: String, words: [String]) throws {
    #expect(try ProgramWords.words(of: text[...]) == words)
    // Written again they are the same.
    #expect(try ProgramWords.words(of: ProgramWords.text(of: words)[...]) == words)
  }

  @Test(arguments: ["'a", "\"a", "a\\", "a 'b\" c", #""a\""#])
  func areNoneWhereSomethingIsUnfinished(text: String) {
    #expect(throws: ProgramWords.Unfinished.self) { try ProgramWords.words(of: text[...]) }
  }
}
