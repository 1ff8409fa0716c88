// transom help

enum HelpVerb: VerbProgram {
  static let name = Verb.Name.help
  static let row = Verb(
    .help,
    "print help on a verb",
    examples: [Verb.Example("transom help listen", "the same as transom listen --help")],
    operands: [.about]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    try print(CommandTable.standard.verb(named: invocation.operand(.verb)))
    return 0
  }

  /// Prints help on a verb, or on the whole.
  static func print(_ verb: Verb?) throws {
    let output = Output()
    let style = Style.decided("auto", isTerminal: output.isTerminal, environment: Surroundings.environment)
    let help = HelpText(style: style, width: Surroundings.width)
    let text = verb.map(help.of) ?? help.whole()
    try output.add(text)
    try output.flush()
  }
}

extension Verb.Name {
  package static let help = Self(rawValue: "help")
}
