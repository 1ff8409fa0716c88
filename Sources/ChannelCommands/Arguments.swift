// From the words of a command line to what they ask for.

/// Understands the words behind the program's name by the table alone.
package enum Arguments {
  /// What the words ask for.
  package enum Wish: Hashable, Sendable {
    case run(Invocation)
    /// Help on a verb, or on the whole.
    case help(Verb?)
    case version
    /// Nothing at all was written.
    case nothing
  }

  /// Understands the words, or says which one is wrong.
  package static func parse(_ words: [String], _ table: CommandTable = .standard) throws(UsageError) -> Wish {
    var leading = ArgumentReading(table.commonOptions, verb: nil)
    var place = 0
    while place < words.count, isOption(words[place]) { try leading.take(words, &place) }
    let wantsHelp = wantsHelp(words[place...], table)
    if leading.values[.version] != nil { return .version }
    guard place < words.count else {
      if leading.values[.help] != nil { return .help(nil) }
      guard leading.values.isEmpty else {
        throw UsageError("a verb is missing", hint: "see \(CommandTable.program) --help")
      }
      return .nothing
    }
    guard let verb = table.verb(named: words[place]) else {
      throw .unknown("verb", words[place], among: table.verbs.map(\.name.rawValue))
    }
    if wantsHelp || leading.values[.help] != nil { return .help(verb) }

    var reading = ArgumentReading(verb.options + table.commonOptions, verb: verb)
    reading.values = leading.values
    place += 1
    while place < words.count { try reading.take(words, &place) }
    if reading.values[.version] != nil { return .version }
    let invocation = try reading.finish(verb)
    guard verb.name == .help else { return .run(invocation) }
    return .help(table.verb(named: invocation.operand(.verb)))
  }

  /// Whether the word is an option and no operand: `-` is the standard input and `-5` a number.
  static func isOption(_ word: String) -> Bool {
    word.count >= 2 && word.hasPrefix("-") && !("0"..."9").contains(word.dropFirst().prefix(1))
  }

  /// Help is given whatever else is wrong.
  private static func wantsHelp(_ words: ArraySlice<String>, _ table: CommandTable) -> Bool {
    // What stands in a command is the command's.
    let openings = words.first.flatMap(table.verb)?.options.filter { $0.value == .command }.map(\.long) ?? []
    return words.prefix { $0 != "--" && !openings.contains($0) }.contains { $0 == "--help" || $0 == "-h" }
  }
}
