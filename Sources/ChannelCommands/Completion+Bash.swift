// Completion for bash, which needs no bash-completion package.

extension Completion {
  func bash() -> String {
    var script = """
      # bash completion for transom; made by: transom completions bash
      _transom() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} verb= place=0 word index skip=
        COMPREPLY=()
        # Bash takes --from=new for three words.
        if [[ $current == = ]]; then previous=${COMP_WORDS[COMP_CWORD-1]} current=; fi
        if [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
        for ((index = 1; index < COMP_CWORD; index++)); do
          word=${COMP_WORDS[index]}
          if [[ $word == = ]]; then continue; fi
          if [[ -n $skip ]]; then skip=; continue; fi
          if [[ $word == -- ]]; then
            COMPREPLY=($(compgen -c -f -- "$current"))
            return
          fi
          case $verb:$word in

      """
    for verb in table.verbs {
      for option in verb.options where option.value == .command {
        let words = "COMPREPLY=($(compgen -c -f -- \"$current\")); return"
        script += "      \(verb.name.rawValue):\(option.long)) \(words) ;;\n"
      }
    }
    for option in table.commonOptions where option.value != .none { script += "      *:\(option.long)) skip=1 ;;\n" }
    for verb in table.verbs {
      let taking = verb.options.filter { $0.value != .none && $0.value != .command }
      guard !taking.isEmpty else { continue }
      let words = taking.flatMap { [$0.long] + ($0.short.map { ["-\($0)"] } ?? []) }
      script += "      \(words.map { "\(verb.name.rawValue):\($0)" }.joined(separator: " | "))) skip=1 ;;\n"
    }
    script += """
            *:-?*) ;;
            *) if [[ -z $verb ]]; then verb=$word; else ((++place)); fi ;;
          esac
        done
        case $verb:$previous in

      """
    for option in table.commonOptions where option.value != .none {
      script += values(of: option, after: "*:\(option.long)")
    }
    for verb in table.verbs {
      for option in verb.options where option.value != .none && option.value != .command {
        let names = [option.long] + (option.short.map { ["-\($0)"] } ?? [])
        script += values(of: option, after: names.map { "\(verb.name.rawValue):\($0)" }.joined(separator: " | "))
      }
    }
    script += """
        esac
        if [[ $current == -* ]]; then
          case $verb in

      """
    for verb in table.verbs {
      script += "      \(verb.name.rawValue)) \(reply(options(of: verb).map(\.long))) ;;\n"
    }
    script += "      *) \(reply(table.commonOptions.map(\.long))) ;;\n"
    script += """
          esac
          return
        fi
        case $verb:$place in
          :*) \(reply(table.verbs.map(\.name.rawValue))) ;;

      """
    for verb in table.verbs {
      for (place, operand) in verb.operands.enumerated() {
        let pattern = "\(verb.name.rawValue):\(place)"
        switch operand.kind {
        case .directory:
          script += "    \(pattern)) compopt -o filenames; COMPREPLY=($(compgen -d -- \"$current\")) ;;\n"
        case .choice(let words): script += "    \(pattern)) \(reply(words)) ;;\n"
        case .json:
          script += "    \(pattern)) [[ $current == @* ]] && COMPREPLY=($(compgen -P @ -f -- \"${current#@}\")) ;;\n"
        case .text, .command: break
        }
      }
    }
    return script + "  esac\n}\ncomplete -F _transom transom\n"
  }

  /// A case that ends: after an option comes its value and nothing else.
  private func values(of option: Option, after pattern: String) -> String {
    guard case .choice(let words) = option.value else { return "    \(pattern)) return ;;\n" }
    return "    \(pattern)) \(reply(words)); return ;;\n"
  }

  private func reply(_ words: [String]) -> String {
    "COMPREPLY=($(compgen -W \(Self.quoted(words.joined(separator: " "))) -- \"$current\"))"
  }
}
