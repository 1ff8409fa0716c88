// Help, made from the table.

/// Writes what `--help` prints: examples first.
package struct HelpText {
  private let table: CommandTable
  private let style: Style
  private let width: Int

  package init(_ table: CommandTable = .standard, style: Style = .plain, width: Int = 80) {
    self.table = table
    self.style = style
    // Longer lines are hard to read, shorter ones cannot hold the two columns.
    self.width = min(max(width, 50), 100)
  }

  /// Help on the whole program.
  package func whole() -> String {
    let examples = [
      Verb.Example("transom init /dev/shm/demo", "make a channel"),
      Verb.Example(
        "transom respond /dev/shm/demo --method sum -- jq add",
        "in one terminal: answer requests by a command"
      ),
      Verb.Example("transom request /dev/shm/demo sum '[1,2,3]'", "in another: ask, and print the answer"),
      Verb.Example("transom listen /dev/shm/demo", "print what comes"),
    ]
    return block("Examples", self.examples(examples))
      + "\n" + style(.heading, "Usage:") + " \(CommandTable.program) VERB DIR [ARGUMENT]...\n"
      + "\n"
      + block("Verbs", Paragraph.rows(table.verbs.map { ($0.name.rawValue, $0.summary) }, width: width, style: style))
      + "\n" + block("Options", options(table.commonOptions))
      + "\n"
      + block(
        "Exit status",
        Paragraph.rows(CommandTable.exitStatuses.map { ($0.status, $0.means) }, width: width, style: style)
      )
      + "\n" + paragraphs(CommandTable.notes)
      + "\nMore: \(CommandTable.program) VERB --help\n"
  }

  /// What is printed when nothing was written.
  package func short() -> String {
    let verbs = table.verbs.map(\.name.rawValue).joined(separator: " ")
    return
      "Usage: \(CommandTable.program) VERB DIR [ARGUMENT]...\n\nVerbs: \(verbs)\n\nMore: \(CommandTable.program) --help\n"
  }

  /// Help on one verb.
  package func of(_ verb: Verb) -> String {
    var text = block("Examples", examples(verb.examples))
    text += "\n" + style(.heading, "Usage:") + " \(verb.usage)\n"
    text += "\n" + Self.sentence(verb.summary) + "\n"
    if !verb.operands.isEmpty {
      let rows = verb.operands.map { operand in
        let says =
          if case .choice(let words) = operand.kind { "\(operand.says): \(words.joined(separator: ", "))" } else {
            operand.says
          }
        return (operand.name.rawValue, says)
      }
      text += "\n" + block("Arguments", Paragraph.rows(rows, width: width, style: style))
    }
    text += "\n" + block("Options", options(verb.options + table.commonOptions.filter { $0.name != .version }))
    if !verb.notes.isEmpty { text += "\n" + paragraphs(verb.notes) }
    return text
  }

  /// A row's text with what is so without it.
  static func says(_ option: Option) -> String {
    if option.isRequired { return option.says + " (required)" }
    return option.standard.isEmpty ? option.says : "\(option.says) [default: \(option.standard)]"
  }

  static func sentence(_ summary: String) -> String { summary.prefix(1).uppercased() + summary.dropFirst() + "." }

  private func options(_ options: [Option]) -> String {
    let rows = options.map { option in
      let short = option.short.map { "-\($0), " } ?? "    "
      return (short + option.long + (option.value.placeholder.map { " \($0)" } ?? ""), Self.says(option))
    }
    return Paragraph.rows(rows, width: width, style: style)
  }

  private func examples(_ examples: [Verb.Example]) -> String {
    examples.map { "  \(style(.name, $0.line))\n      \($0.says)\n" }.joined()
  }

  private func paragraphs(_ texts: [String]) -> String {
    texts.map { Paragraph.lines($0, width: width).joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private func block(_ heading: String, _ text: String) -> String { style(.heading, heading + ":") + "\n" + text }
}
