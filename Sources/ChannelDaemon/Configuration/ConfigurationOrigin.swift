// Where a value of a configuration came from.

/// What said so.
package enum ConfigurationOrigin: Sendable, Hashable, CustomStringConvertible {
  /// Nobody: it is so when nothing is said.
  case preset
  case file(String, line: Int)

  package var description: String {
    switch self {
    case .preset: "default"
    case .file(let file, let line): "\(file):\(line)"
    }
  }
}
