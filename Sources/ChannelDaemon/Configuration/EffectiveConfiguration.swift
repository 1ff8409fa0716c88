// A configuration that knows where it came from.

/// What the daemon is configured by, and who said so.
package struct EffectiveConfiguration: Sendable, Hashable {
  package var configuration: Configuration
  /// The files that were read, in their order.
  package var files: [String] = []
  /// Where values came from, by their keys: `log.level`, `handler.NAME.concurrency`. Of those that are missing nobody
  /// said anything.
  package var origins: [String: ConfigurationOrigin] = [:]

  /// Where values stand, by the same keys, and elements of arrays by their numbers behind these.
  private var places: [String: ConfigurationPlace] = [:]

  package init(_ configuration: Configuration) {
    self.configuration = configuration
  }

  /// Where a value came from.
  package func origin(of keyPath: String) -> ConfigurationOrigin { origins[keyPath] ?? .preset }

  /// Makes values ones that nobody said.
  mutating func forgetOrigins(below prefix: String) {
    origins = origins.filter { !$0.key.hasPrefix("\(prefix).") }
    places = places.filter { !$0.key.hasPrefix("\(prefix).") }
  }

  // MARK: Places

  /// Remembers where a value stands, and where its elements do.
  mutating func note(_ node: TomlNode, in file: String, as keyPath: String) {
    places = places.filter { !$0.key.hasPrefix("\(keyPath).") }
    places[keyPath] = ConfigurationPlace(file: file, position: node.position)
    guard case .array(let nodes) = node.value else { return }
    for (number, node) in nodes.enumerated() {
      places["\(keyPath).\(number)"] = ConfigurationPlace(file: file, position: node.position)
    }
  }

  /// Whether somebody said it.
  func knows(_ keyPath: String) -> Bool { places[keyPath] != nil }

  /// What is wrong with a value, where it stands.
  func problem(at keyPath: String, _ what: String, hint: String) -> ConfigurationProblem {
    guard let place = places[keyPath] else {
      return ConfigurationProblem(in: "the default of \(keyPath)", at: nil, what, hint: hint)
    }
    return ConfigurationProblem(in: place.file, at: place.position, what, hint: hint)
  }

  /// As they stand in the files; what stands in none comes first.
  func inOrder(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
    let none = TomlNode.Position(line: 0, column: 0)
    func order(_ problem: ConfigurationProblem) -> (Int, TomlNode.Position) {
      (files.firstIndex(of: problem.file) ?? -1, problem.position ?? none)
    }
    return problems.sorted { order($0) < order($1) }
  }
}
