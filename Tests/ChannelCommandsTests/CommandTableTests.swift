import ChannelCommands
import Transom
import Testing

@Suite("The argument table") struct CommandTableTests {
  private let table = CommandTable.standard

  @Test func hasEachVerbOnce() {
    #expect(table.verbs.map(\.name) == Verb.Name.allCases)
    #expect(Set(Verb.Name.allCases).count == Verb.Name.allCases.count)
  }

  @Test(arguments: CommandTable.standard.verbs) func hasNoOptionTwice(_ verb: Verb) {
    let options = verb.options + table.commonOptions
    #expect(Set(options.map(\.name)).count == options.count)
    #expect(Set(options.compactMap(\.short)).count == options.compactMap(\.short).count)
    #expect(Set(verb.operands.map(\.name)).count == verb.operands.count)
  }

  @Test(arguments: CommandTable.standard.verbs) func hasDefaultsThatCouldBeWritten(_ verb: Verb) {
    for option in verb.options + table.commonOptions where !option.standard.isEmpty {
      #expect(option.fault(in: option.standard) == nil, "\(option.long)")
    }
  }

  @Test(arguments: CommandTable.standard.verbs) func hasExamplesThatItUnderstands(_ verb: Verb) throws {
    #expect(!verb.examples.isEmpty)
    for example in verb.examples {
      let words = try #require(Self.words(of: example.line), "\(example.line)")
      guard case .run(let invocation) = try Arguments.parse(words) else {
        // The examples of `help` ask for help.
        #expect(verb.name == .help)
        continue
      }
      #expect(invocation.verb.name == verb.name)
    }
  }

  @Test func namesEveryStatusThatAnErrorEndsWith() {
    let named = Set(CommandTable.exitStatuses.flatMap { $0.status.split(separator: ", ") }.compactMap { Int32($0) })
    for code in ChannelError.Code.allCases { #expect(named.contains(code.exitStatus), "\(code)") }
  }

  @Test(arguments: CommandTable.standard.verbs) func saysWholeThings(_ verb: Verb) {
    for text in verb.options.map(\.says) + verb.operands.map(\.says) + [verb.summary] {
      #expect(!text.isEmpty && !text.hasSuffix("."), "\(text)")
    }
    for note in verb.notes { #expect(note.hasSuffix("."), "\(note)") }
  }

  /// The words behind `transom` in a line for a shell, as far as the program sees them.
  private static func words(of line: String) -> [String]? {
    guard let start = line.range(of: "transom ") else { return nil }
    var words: [String] = []
    var word: String?
    var quote: Character?
    scan: for character in line[start.upperBound...] {
      switch (quote, character) {
      case (nil, "'"), (nil, "\""):
        quote = character
        word = word ?? ""
      case (let open?, _) where open == character: quote = nil
      case (nil, " "):
        if let word { words.append(word) }
        word = nil
      case (nil, "|"), (nil, ">"), (nil, ")"), (nil, ";"): break scan
      default: word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }
}

extension Verb: CustomTestStringConvertible {
  /// Its name, for the list of cases.
  public var testDescription: String { name.rawValue }
}

extension String {
  fileprivate func range(of text: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
  }
}
