// One row of the argument table: a word that stands by its place.

/// An argument without a name of its own.
package struct Operand: Hashable, Sendable {
  /// Every operand there is; the raw value stands for it in help.
  package enum Name: String, Hashable, Sendable, CaseIterable {
    case action = "ACTION"
    case command = "COMMAND"
    case directory = "DIR"
    case id = "ID"
    case json = "JSON"
    case letter = "LETTER"
    case method = "METHOD"
    case reader = "NAME"
    case root = "ROOT"
    case shell = "SHELL"
    case url = "URL"
    case verb = "VERB"
  }

  /// What may stand there.
  package enum Kind: Hashable, Sendable {
    case text
    case directory
    /// A JSON value: literally, `@FILE`, or `-`.
    case json
    case choice([String])
    /// A program and its arguments, behind `--`: all words that are left.
    case command
  }

  package let name: Name
  package let kind: Kind
  package let isOptional: Bool
  /// What it is, one sentence without its full stop.
  package let says: String

  package init(_ name: Name, _ kind: Kind, isOptional: Bool = false, _ says: String) {
    self.name = name
    self.kind = kind
    self.isOptional = isOptional
    self.says = says
  }

  /// How it stands in a usage line.
  package var usage: String {
    let word: String
    switch kind {
    // More would fill a line, and stand with what it says anyway.
    case .choice(let words): word = words.count > 8 ? name.rawValue : words.joined(separator: "|")
    case .command: word = "-- \(name.rawValue) [ARG]..."
    case .text, .directory, .json: word = name.rawValue
    }
    return isOptional ? "[\(word)]" : word
  }
}
