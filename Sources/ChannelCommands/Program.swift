package enum Program {
  package static func run(_ w: [String]) -> Int32 {
    switch (try? Arguments.parse(w)) {
    case .help(let v?): print(HelpText().of(v));
    case .help(nil): print(HelpText().whole())
    case .run(let i):
      if i.verb.name == .man {
        print(
          CommandTable.standard.verbs.first { $0.name.rawValue == i.operand(.verb) }.map { ManPage().of($0) }
            ?? ManPage().whole()
        )
      } else {
        print(Completion().script(for: .init(rawValue: i.operand(.shell))!))
      }
    default: print("?")
    }
    return 0
  }
}
