// transom man

enum ManVerb: VerbProgram {
  static let name = Verb.Name.man
  static let row = Verb(
    .man,
    "print a manual page",
    examples: [
      Verb.Example("transom man listen | man -l -", "read it"),
      Verb.Example("transom man > transom.1", "the page of the whole program"),
    ],
    operands: [.about]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let verb = CommandTable.standard.verb(named: invocation.operand(.verb))
    let page = verb.map(ManPage().of) ?? ManPage().whole()
    try around.output.add(page)
    try around.output.flush()
    return 0
  }
}

extension Verb.Name {
  package static let man = Self(rawValue: "man")
}
