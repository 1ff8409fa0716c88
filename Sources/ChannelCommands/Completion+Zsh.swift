// Completion for zsh, by its own _arguments.

extension Completion {
  func zsh() -> String {
    var script = """
      #compdef transom
      # zsh completion for transom; made by: transom completions zsh
      _transom() {
        local curcontext="$curcontext" state line
        local -a verbs
        verbs=(

      """
    for verb in table.verbs {
      script += "    \(Self.quoted("\(verb.name.rawValue):\(Self.described(verb.summary))"))\n"
    }
    script += "  )\n  _arguments -C \\\n"
    for option in table.commonOptions { script += "    \(specification(option)) \\\n" }
    script += """
          '1:verb:->verb' '*::argument:->argument'
        case $state in
          verb) _describe verb verbs ;;
          argument)
            case $words[1] in

      """
    for verb in table.verbs {
      script += "        \(verb.name.rawValue))\n          _arguments -S"
      for option in options(of: verb) { script += " \\\n            \(specification(option))" }
      for (place, operand) in verb.operands.enumerated() {
        script += " \\\n            \(Self.quoted(position(operand, at: place + 1)))"
      }
      script += " ;;\n"
    }
    return script
      + "      esac ;;\n  esac\n}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then _transom \"$@\"; else compdef _transom transom; fi\n"
  }

  private func specification(_ option: Option) -> String {
    let value = Self.action(of: option.value)
    let says = "[\(Self.described(option.says))]"
    let repeats = option.isRepeatable ? "*" : ""
    if option.value == .command { return Self.quoted("\(option.long)\(says)\(value)") }
    guard let short = option.short else {
      return Self.quoted("\(repeats)\(option.long)\(value.isEmpty ? "" : "=")\(says)\(value)")
    }
    // Each form excludes the other, unless it may come again.
    let excluded = option.isRepeatable ? "'*'" : "'(-\(short) \(option.long))'"
    return excluded + "{-\(short)\(value.isEmpty ? "" : "+"),\(option.long)\(value.isEmpty ? "" : "=")}"
      + Self.quoted("\(says)\(value)")
  }

  private static func action(of value: Option.Value) -> String {
    switch value {
    case .none: ""
    case .choice(let words): ":value:(\(words.joined(separator: " ")))"
    case .command: ":*::command: _normal"
    case .text, .duration, .count: ":\(value.placeholder ?? "value"): "
    }
  }

  private func position(_ operand: Operand, at place: Int) -> String {
    let name = operand.name.rawValue
    let colon = operand.isOptional ? "::" : ":"
    switch operand.kind {
    case .directory: return "\(place)\(colon)\(name):_directories"
    case .choice(let words): return "\(place)\(colon)\(name):(\(words.joined(separator: " ")))"
    case .command: return "*:::\(name): _normal"
    case .text, .json: return "\(place)\(colon)\(name): "
    }
  }

  /// Brackets and colons mean something in a specification.
  private static func described(_ text: String) -> String {
    text.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
