// What is wrong with a configuration.

/// A mistake in a configuration file: where, what, and what to write instead.
package struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
  package let file: String
  /// Nil when it is the file as a whole.
  package let position: TomlNode.Position?
  package let what: String
  /// Empty when there is nothing to advise.
  package let hint: String

  package init(in file: String, at position: TomlNode.Position?, _ what: String, hint: String) {
    self.file = file
    self.position = position
    self.what = what
    self.hint = hint
  }

  /// On one line, as compilers write it.
  package var description: String {
    let place = position.map { ":\($0.line):\($0.column)" } ?? ""
    return TomlText.comment("\(file)\(place): \(what)\(hint.isEmpty ? "" : " (\(hint))")")
  }
}
