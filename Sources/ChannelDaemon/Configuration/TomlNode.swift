// What a TOML text says, and where.

/// A value with its place in the text.
package struct TomlNode: Sendable, Hashable {
  /// A place in a text: both numbers count from 1, columns in characters.
  package struct Position: Sendable, Hashable, Comparable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }

    package static func < (one: Position, other: Position) -> Bool {
      (one.line, one.column) < (other.line, other.column)
    }
  }

  /// A key of a table with its value.
  package struct Entry: Sendable, Hashable {
    package var key: String
    /// Where the key stands.
    package var position: Position
    package var node: TomlNode

    package init(key: String, position: Position, node: TomlNode) {
      self.key = key
      self.position = position
      self.node = node
    }
  }

  package enum Value: Sendable, Hashable {
    /// In the order in which the keys stand in the text.
    case table([Entry])
    case array([TomlNode])
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// A date, a time, or both.
    case moment
  }

  package var value: Value
  package var position: Position

  package init(_ value: Value, at position: Position) {
    self.value = value
    self.position = position
  }

  /// What stands here, with its article.
  package var kind: String {
    switch value {
    case .table: "a table"
    case .array: "an array"
    case .string: "a string"
    case .integer: "a whole number"
    case .float: "a number"
    case .boolean: "true or false"
    case .moment: "a date or a time"
    }
  }
}
