// transom completions

enum CompletionsVerb: VerbProgram {
  static let name = Verb.Name.completions
  static let row = Verb(
    .completions,
    "print completions for a shell",
    examples: [
      Verb.Example("source <(transom completions bash)", "for this shell"),
      Verb.Example("transom completions zsh > ~/.zfunc/_transom", "for zsh, where ~/.zfunc is in fpath"),
      Verb.Example("transom completions fish > ~/.config/fish/completions/transom.fish", "for fish"),
    ],
    operands: [Operand(.shell, .choice(["bash", "zsh", "fish"]), "the shell")]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let shell = Completion.Shell(rawValue: invocation.operand(.shell)) ?? .bash
    let script = Completion().script(for: shell)
    try around.output.add(script)
    try around.output.flush()
    return 0
  }
}

extension Verb.Name {
  package static let completions = Self(rawValue: "completions")
}
