// One part of the argument table: what the program can be asked to do.

/// A verb with everything that may follow it.
package struct Verb: Hashable, Sendable {
  /// How a verb is written; each verb's own file has its name.
  package struct Name: RawRepresentable, Hashable, Sendable, CaseIterable {
    package let rawValue: String

    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    package static var allCases: [Name] { CommandTable.programs.map { $0.name } }
  }

  /// A line that works as it stands, and what it does.
  package struct Example: Hashable, Sendable {
    package let line: String
    package let says: String

    package init(_ line: String, _ says: String) {
      self.line = line
      self.says = says
    }
  }

  package let name: Name
  /// What it does, in a few words.
  package let summary: String
  package let examples: [Example]
  package let operands: [Operand]
  package let options: [Option]
  /// Whole sentences: what one has to know to use it well.
  package let notes: [String]

  package init(
    _ name: Name,
    _ summary: String,
    examples: [Example],
    operands: [Operand] = [],
    options: [Option] = [],
    notes: [String] = []
  ) {
    self.name = name
    self.summary = summary
    self.examples = examples
    self.operands = operands
    self.options = options
    self.notes = notes
  }

  /// `transom send DIR --event NAME [JSON] [OPTION]...`
  package var usage: String {
    var words = ["\(CommandTable.program) \(name.rawValue)"]
    let tail =
      operands.filter { $0.kind == .command }.map(\.usage)
      + options.filter { $0.value == .command }.map { "[\($0.long) \($0.value.placeholder ?? "")]" }
    let (needed, optional) = (operands.filter { !$0.isOptional }, operands.filter(\.isOptional))
    words += needed.filter { $0.kind != .command }.map(\.usage)
    words += options.filter(\.isRequired).map { "\($0.long) \($0.value.placeholder ?? "")" }
    words += optional.map(\.usage)
    if options.contains(where: { !$0.isRequired && $0.value != .command }) { words.append("[OPTION]...") }
    return (words + tail).joined(separator: " ")
  }
}
