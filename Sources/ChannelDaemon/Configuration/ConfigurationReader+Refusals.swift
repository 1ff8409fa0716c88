// What is said about words and values that are not what belongs there.

internal import ChannelMessages

extension ConfigurationReader {
  /// A key that nobody knows.
  mutating func refuseUnknown(_ entry: TomlNode.Entry, in table: String, having known: [String]) {
    let key = TomlText.key(entry.key)
    let place = table.isEmpty ? "" : " in \(table)"
    let what =
      switch entry.node.value {
      case .table: "there is no table \(key)\(place)"
      case .array, .string, .integer, .float, .boolean, .moment: "there is no key \(key)\(place)"
      }
    refuse(entry.position, what, hint: advice(for: entry.key, in: table, having: known))
  }

  /// The nearest word of the table; or the table that has this very word, where somebody forgot a header; or all words.
  private func advice(for key: String, in table: String, having known: [String]) -> String {
    if let nearest = Suggestion.nearest(to: key, among: known) { return "did you mean \(nearest)?" }
    let owners = ConfigurationKeys.tables.filter { $0.name != table && $0.keys.contains(key) }
    if !owners.isEmpty {
      return "it belongs \(Self.list(owners.map { $0.name.isEmpty ? "above all tables" : "into \($0.name)" }, "or"))"
    }
    return "there \(known.count == 1 ? "is" : "are") \(Self.list(known, "and"))"
  }

  /// A value of the wrong kind.
  mutating func refuseKind(_ node: TomlNode, _ name: String, wanted: String, hint: String) {
    refuse(node.position, "\(name) is \(node.kind), where \(wanted) belongs", hint: hint)
  }

  /// A value of the right kind that cannot be.
  mutating func refuseValue(_ node: TomlNode, _ name: String, hint: String) {
    let value: String
    switch node.value {
    case .string(let text): value = TomlText.string(text)
    case .integer(let number): value = "\(number)"
    case .float(let number): value = "\(number)"
    case .table, .array, .boolean, .moment: value = node.kind
    }
    refuse(node.position, "\(name) cannot be \(value)", hint: hint)
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ words: [String], _ joint: String) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return "\(words.dropLast().joined(separator: ", ")) \(joint) \(last)"
  }
}
