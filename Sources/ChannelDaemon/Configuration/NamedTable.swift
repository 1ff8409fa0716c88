// Tables of which there may be many.

/// The kinds of tables that have a name, as their headers are written.
enum NamedTable: String {
  case handler, bridge, door

  /// What the key paths of one begin with.
  func keyPath(of name: String) -> String { "\(rawValue).\(TomlText.key(name))" }

  /// What goes by its name.
  var useOfNames: String {
    switch self {
    case .handler: "logs, metrics and dead letters"
    case .bridge: "logs, metrics and its reader"
    case .door: "logs and metrics"
    }
  }
}
