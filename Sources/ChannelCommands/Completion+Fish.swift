// Completion for fish.

extension Completion {
  func fish() -> String {
    let verbs = table.verbs.map(\.name.rawValue).joined(separator: " ")
    var script = """
      # fish completion for transom; made by: transom completions fish
      complete -c transom -f
      function __transom_place
          set -l words (commandline -opc)
          set -l place 0
          for word in $words[2..-1]
              string match -q -- '-*' $word; or set place (math $place + 1)
          end
          test $place -eq $argv[1]
      end

      """
    for option in table.commonOptions { script += line(option, when: "") }
    for verb in table.verbs {
      let name = verb.name.rawValue
      script +=
        "complete -c transom -n 'not __fish_seen_subcommand_from \(verbs)' -a \(name) -d \(Self.quoted(verb.summary))\n"
      for option in verb.options { script += line(option, when: "__fish_seen_subcommand_from \(name)") }
      for (place, operand) in verb.operands.enumerated() {
        let when = "__fish_seen_subcommand_from \(name); and __transom_place \(place + 1)"
        switch operand.kind {
        case .directory: script += "complete -c transom -n \(Self.quoted(when)) -a '(__fish_complete_directories)'\n"
        case .choice(let words):
          script += "complete -c transom -n \(Self.quoted(when)) -a \(Self.quoted(words.joined(separator: " ")))\n"
        case .text, .json, .command: break
        }
      }
    }
    return script
  }

  private func line(_ option: Option, when: String) -> String {
    var words = ["complete -c transom"]
    if !when.isEmpty { words.append("-n \(Self.quoted(when))") }
    if let short = option.short { words.append("-s \(short)") }
    words.append("-l \(option.name.rawValue)")
    switch option.value {
    case .none: break
    case .choice(let choices): words.append("-x -a \(Self.quoted(choices.joined(separator: " ")))")
    case .command: words.append("-x -a '(__fish_complete_subcommand)'")
    case .text, .duration, .count: words.append("-x")
    }
    words.append("-d \(Self.quoted(option.says))")
    return words.joined(separator: " ") + "\n"
  }
}
