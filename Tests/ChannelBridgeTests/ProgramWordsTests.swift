import Testing

@testable import ChannelBridge

@Suite("The words of a program") struct ProgramWordsTests {
  @Test(arguments: [
    ("a b  c", ["a", "b", "c"]), ("  a\tb\n", ["a", "b"]), ("", []), ("'a b' \"c d\"", ["a b", "c d"]),
    ("a'b c'd", ["ab cd"]), (#"a\ b"#, ["a b"]), (#""a\"b\\c\d""#, [#"a"b\c\d"#]), (#"'a\b'"#, [#"a\b"#]),
    ("'' \"\"", ["", ""]), ("$HOME | `x` > y; *", ["$HOME", "|", "`x`", ">", "y;", "*"]), ("\"it's\"", ["it's"]),
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
