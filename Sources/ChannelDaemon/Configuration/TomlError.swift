// A text that is no TOML.

/// Why a text could not be read.
package struct TomlError: Error, Sendable, Hashable {
  /// Nil when it is the text as a whole.
  package let position: TomlNode.Position?
  package let what: String

  package init(at position: TomlNode.Position?, _ what: String) {
    self.position = position
    self.what = what
  }
}
