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

  /// What to say about a line that is no TOML: mostly somebody left the quotes out, and is told of a number gone wrong.
  func advice(forLine number: Int, of text: [UInt8]) -> String {
    let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: number, omittingEmptySubsequences: false)
    guard number <= lines.count, let sign = lines[number - 1].firstIndex(of: UInt8(ascii: "=")) else { return "" }
    let value = lines[number - 1][(sign + 1)...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    let word = value.prefix { $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: ",") }
    guard let first = word.first, let last = word.last else { return "" }
    if ["true", "false", "yes", "no", "on", "off"].contains(String(decoding: word, as: UTF8.self).lowercased()) {
      return "write true or false"
    }
    switch first {
    // A number with a unit is meant for a string, too.
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return "smhB".utf8.contains(last) ? Self.quotes : ""
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): return Self.quotes
    case UInt8(ascii: "/"), UInt8(ascii: "~"), UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "$"):
      return Self.quotes
    default: return ""
    }
  }

  private static let quotes = "strings stand in quotes"

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
