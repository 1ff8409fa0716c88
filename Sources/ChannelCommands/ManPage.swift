// Manual pages, made from the table.

/// Writes pages for man(1), in the macros of man(7).
package struct ManPage {
  private let table: CommandTable

  package init(_ table: CommandTable = .standard) {
    self.table = table
  }

  /// The page of the whole program.
  package func whole() -> String {
    var page = title("TRANSOM", name: CommandTable.program, CommandTable.summary)
    page += section("SYNOPSIS") + ".B \(CommandTable.program)\n.I VERB DIR\n[\\fIARGUMENT\\fR]...\n"
    page += section("DESCRIPTION") + paragraphs(CommandTable.notes)
    page += section("VERBS")
    page += table.verbs.map { tagged(".B \(Self.roff($0.name.rawValue))", Self.roff($0.summary)) }.joined()
    page += section("OPTIONS") + options(table.commonOptions)
    page += exitStatus()
    page +=
      section("SEE ALSO")
      + table.verbs.map { ".BR \(CommandTable.program)\\-\($0.name.rawValue) (1)" }.joined(separator: ",\n") + "\n"
    return page
  }

  /// The page of one verb.
  package func of(_ verb: Verb) -> String {
    let name = "\(CommandTable.program)-\(verb.name.rawValue)"
    var page = title(name.uppercased(), name: name, verb.summary)
    page += section("SYNOPSIS") + Self.roff(verb.usage) + "\n"
    page += section("EXAMPLES")
    for example in verb.examples {
      page +=
        ".PP\n\(Self.roff(HelpText.sentence(example.says)))\n.PP\n.RS 4\n.nf\n\(Self.roff(example.line))\n.fi\n.RE\n"
    }
    if !verb.notes.isEmpty { page += section("DESCRIPTION") + paragraphs(verb.notes) }
    if !verb.operands.isEmpty {
      page += section("ARGUMENTS")
      page += verb.operands.map { tagged(".I \(Self.roff($0.usage))", Self.roff(HelpText.sentence($0.says))) }.joined()
    }
    page += section("OPTIONS") + options(verb.options + table.commonOptions.filter { $0.name != .version })
    page += exitStatus()
    page += section("SEE ALSO") + ".BR \(CommandTable.program) (1)\n"
    return page
  }

  /// Text as roff prints it: neither a backslash nor a leading dot or quote means anything.
  static func roff(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "'": escaped += "\\(aq"
      case "`": escaped += "\\(ga"
      case "^": escaped += "\\(ha"
      case "~": escaped += "\\(ti"
      case "\"": escaped += "\\(dq"
      default:
        for scalar in character.unicodeScalars {
          escaped += scalar.isASCII ? String(scalar) : "\\[u\(Self.hexadecimal(scalar))]"
        }
      }
    }
    return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
  }

  /// At least four digits, as roff wants them.
  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private func title(_ title: String, name: String, _ summary: String) -> String {
    ".\\\" Made by transom man.\n.TH \(Self.roff(title)) 1 \"\" \"Transom \(CommandTable.version)\" \"Transom\"\n"
      + section("NAME") + "\(Self.roff(name)) \\- \(Self.roff(summary))\n"
  }

  private func section(_ name: String) -> String { ".SH \(name)\n" }

  private func tagged(_ tag: String, _ text: String) -> String { ".TP\n\(tag)\n\(text)\n" }

  private func paragraphs(_ texts: [String]) -> String { texts.map { ".PP\n\(Self.roff($0))\n" }.joined() }

  private func options(_ options: [Option]) -> String {
    options.map { option in
      let names = [option.short.map { "-\($0)" }, option.long].compactMap { $0 }
      let value = option.value.placeholder.map { " \\fI\(Self.roff($0))\\fR" } ?? ""
      let tag = names.map { "\\fB\(Self.roff($0))\\fR" }.joined(separator: ", ") + value
      return tagged(tag, Self.roff(HelpText.sentence(HelpText.says(option))))
    }.joined()
  }

  private func exitStatus() -> String {
    section("EXIT STATUS")
      + CommandTable.exitStatuses.map { tagged(".B \(Self.roff($0.status))", Self.roff(HelpText.sentence($0.means))) }
      .joined()
  }
}
