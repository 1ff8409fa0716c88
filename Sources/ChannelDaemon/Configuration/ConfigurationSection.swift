// A piece of a configuration as it is shown.

/// A table with its values, each with where it came from.
package struct ConfigurationSection: Sendable, Hashable {
  package enum Value: Sendable, Hashable {
    case text(String)
    case texts([String])
    case integer(Int64)
    case number(Double)
    case truth(Bool)
    /// There is none, and no way to write that.
    case nothing
  }

  package struct Line: Sendable, Hashable {
    package let key: String
    package let value: Value
    package let origin: ConfigurationOrigin
  }

  /// Its header as it is written; empty for what stands above all tables.
  package let header: String
  /// What the key paths of its values begin with.
  package let prefix: String
  package private(set) var lines: [Line] = []

  init(_ header: String, prefix: String) {
    self.header = header
    self.prefix = prefix
  }

  package func keyPath(of line: Line) -> String {
    prefix.isEmpty ? line.key : "\(prefix).\(TomlText.key(line.key))"
  }

  mutating func add(_ key: String, _ value: Value, _ effective: EffectiveConfiguration) {
    let named = Line(key: key, value: value, origin: .preset)
    lines.append(Line(key: key, value: value, origin: effective.origin(of: keyPath(of: named))))
  }
}
