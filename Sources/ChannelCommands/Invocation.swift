// A command line that was understood.

internal import ChannelMessages

/// A verb with its arguments; each value is known to be one of its kind.
package struct Invocation: Hashable, Sendable {
  package let verb: Verb
  private let options: [Option.Name: [String]]
  private let operands: [Operand.Name: [String]]

  init(verb: Verb, options: [Option.Name: [String]], operands: [Operand.Name: [String]]) {
    self.verb = verb
    self.options = options
    self.operands = operands
  }

  /// Whether the option was written.
  package func has(_ name: Option.Name) -> Bool { options[name] != nil }

  /// The option's value as it was last written, else its default; nil where there is neither.
  package func text(_ name: Option.Name) -> String? {
    if let written = options[name]?.last { return written }
    let standard = verb.options.first { $0.name == name }?.standard ?? ""
    return standard.isEmpty ? nil : standard
  }

  /// All values of a repeatable option.
  package func texts(_ name: Option.Name) -> [String] { options[name] ?? [] }

  package func duration(_ name: Option.Name) -> Duration? { text(name).flatMap(DurationText.parse) }

  package func count(_ name: Option.Name) -> Int? { text(name).flatMap { Int($0) } }

  /// The word in this place; empty where an optional one was left out.
  package func operand(_ name: Operand.Name) -> String { operands[name]?.first ?? "" }

  /// All words in this place: a command and its arguments.
  package func operands(_ name: Operand.Name) -> [String] { operands[name] ?? [] }
}
