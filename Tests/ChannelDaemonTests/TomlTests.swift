import ChannelDaemon
import Testing

@Suite("TOML") struct TomlTests {
  private func read(_ text: String) throws -> [TomlNode.Entry] {
    guard case .table(let entries) = try TomlDocument.read(Array(text.utf8)).value else { return [] }
    return entries
  }

  @Test func hasEveryKindOfValue() throws {
    let text = """
      string = "a\\u0000é"
      whole = -9223372036854775808
      number = 2.5
      truth = true
      other = false
      moment = 2026-05-27T07:32:00Z
      array = [1, [], "x"]
      """
    let values = try read(text).map { ($0.key, $0.node.value) }
    #expect(values.map(\.0) == ["string", "whole", "number", "truth", "other", "moment", "array"])
    let expected: [TomlNode.Value] = [
      .string("a\0é"), .integer(.min), .float(2.5), .boolean(true), .boolean(false), .moment,
    ]
    #expect(Array(values.map(\.1).prefix(6)) == expected)
    guard case .array(let elements) = values[6].1 else { throw Fault.notAnArray }
    #expect(elements.map(\.value) == [.integer(1), .array([]), .string("x")])
  }

  private enum Fault: Error { case notAnArray }

  @Test func keepsKeysInTheOrderOfTheText() throws {
    let entries = try read("z = 1\na.y = 2\na.b = 3\nm = 4\n")
    #expect(entries.map(\.key) == ["z", "a", "m"])
    guard case .table(let inner) = entries[1].node.value else { throw Fault.notAnArray }
    #expect(inner.map(\.key) == ["y", "b"])
  }

  @Test func knowsWhereKeysAndValuesStand() throws {
    let entries = try read("# é\n\"é\" = \"é\" \n  b = [1,\n    2]\n[t]\n")
    #expect(entries.map(\.position.line) == [2, 3, 5])
    #expect(entries.map(\.position.column) == [1, 3, 2])
    #expect(entries[0].node.position == .init(line: 2, column: 7))
    guard case .array(let elements) = entries[1].node.value else { throw Fault.notAnArray }
    #expect(elements.map(\.position) == [.init(line: 3, column: 8), .init(line: 4, column: 5)])
  }

  @Test(arguments: ["", "\n", "# nothing", "\u{FEFF}"]) func takesATextThatSaysNothing(_ text: String) throws {
    #expect(try read(text).isEmpty)
  }

  @Test(
    arguments: [
      ("a = 1\na = 2", 2, 5), ("a = ", 1, 5), ("[a\n", 1, 3), ("a b", 1, 3), ("é = 1", 1, 1), ("a = \"\u{1B}\"", 1, 6),
    ] as [(String, Int, Int)]
  )
  func saysWhereATextIsNoTOML(_ text: String, _ line: Int, _ column: Int) throws {
    let error = try #require(throws: TomlError.self) { try read(text) }
    #expect(error.position == .init(line: line, column: column), "\(error.what)")
    #expect(!error.what.isEmpty)
  }

  @Test func refusesWhatWouldTakeTooMuch() throws {
    let long = try #require(throws: TomlError.self) {
      try TomlDocument.read([UInt8](repeating: UInt8(ascii: "\n"), count: TomlDocument.sizeLimit + 1))
    }
    #expect(long.position == nil)
    _ = try read(String(repeating: "\n", count: TomlDocument.sizeLimit))
    func nested(_ depth: Int) -> String {
      "a = \(String(repeating: "[", count: depth))\(String(repeating: "]", count: depth))"
    }
    _ = try read(nested(TomlDocument.depthLimit))
    for depth in [TomlDocument.depthLimit + 1, 100, 100_000] {
      #expect(throws: TomlError.self) { try read(nested(depth)) }
    }
  }

  /// The library goes through them by recursion, and would end the program.
  @Test(arguments: [17, 64, 1_000, 500_000]) func refusesKeysOfEndlessParts(_ count: Int) {
    let key = Array(repeating: "a", count: count).joined(separator: ".")
    for text in ["\(key) = 1", "[\(key)]", "a = { \(key) = 1 }", key.split(separator: "").joined(separator: " ")] {
      #expect(throws: TomlError.self) { try read(text) }
    }
  }

  /// Where the library ends the program, or promises the compiler that it never comes to.
  @Test(arguments: ["é = 1", "a = 1 é", "a é = 1", "[é]", "[=]", "[[=]]", "\u{A0}a = 1", "a\u{2007}= ß", "𝄞"])
  func takesLettersThatBelongNowhereForWhatTheyAre(_ text: String) {
    #expect(throws: TomlError.self) { try read(text) }
  }

  @Test func letsCommentsHaveRowsOfDots() throws {
    #expect(try read("# \(String(repeating: ".", count: 1_000))\na = 1\n").count == 1)
  }

  @Test func readsBackEveryTextThatIsWritten() throws {
    let hard = "\"\\\u{0}\u{1}\t\n\r\u{7F}\u{80}\u{9B}\u{2028}é𝄞'#]"
    let entries = try read("\(TomlText.key(hard)) = \(TomlText.string(hard)) # \(TomlText.comment(hard))\n")
    #expect(entries.map(\.key) == [hard])
    #expect(entries.map(\.node.value) == [.string(hard)])
    #expect(TomlText.key("a-b_1") == "a-b_1")
    #expect(TomlText.key("") == "\"\"")
    #expect(TomlText.key("a.b") == "\"a.b\"")
  }
}

@Suite("Sizes in configurations") struct SizeTextTests {
  @Test(
    arguments: [
      ("0", 0), ("65536", 65_536), ("64 KiB", 65_536), ("64KiB", 65_536), ("1 B", 1), ("3 MiB", 3 << 20),
      ("2 GiB", 2 << 30), ("1 TiB", 1 << 40), ("16383 PiB", 16_383 << 50), ("18446744073709551615", .max),
    ] as [(String, UInt64)]
  )
  func areReadWithOrWithoutAUnit(_ text: String, _ size: UInt64) {
    #expect(SizeText.parse(text) == size)
    #expect(SizeText.parse(SizeText.text(size)) == size)
  }

  @Test(arguments: [
    "", "KiB", "1 KB", "1 kib", "1.5 KiB", "-1", "+1", "1  KiB", "1 KiB ", "16384 PiB", "18446744073709551616", "٣",
  ])
  func areNothingElse(_ text: String) {
    #expect(SizeText.parse(text) == nil)
  }

  @Test(arguments: [(0, "0 B"), (1, "1 B"), (1_536, "1536 B"), (65_536, "64 KiB")] as [(UInt64, String)])
  func areWrittenExactly(_ size: UInt64, _ text: String) {
    #expect(SizeText.text(size) == text)
  }
}
