// Configuration files, read one over the other.

/// Turns the texts of configuration files into a configuration, and collects what is wrong with them.
///
/// Files are read in turn: what a later one says takes the place of what an earlier one said, key by key; a handler
/// takes the place of the earlier one of its name as a whole. A value with a mistake changes nothing, so that one
/// mistake is told once.
package struct ConfigurationReader {
  var effective: EffectiveConfiguration
  /// Where `~` leads; nil when nobody knows.
  let home: String?
  /// What is being read, as problems name it.
  private(set) var file = ""
  /// Where paths begin that are not whole.
  private(set) var folder = ""
  /// The lines in which the handlers of the file that is being read begin.
  var handlerLines: [String: Int] = [:]
  private var problems: [ConfigurationProblem] = []

  /// Begins with what is so when no file says anything.
  package init(over presets: Configuration, home: String?) {
    effective = EffectiveConfiguration(presets)
    self.home = home
  }

  /// Reads one more file. Paths in it that are not whole begin in `folder`.
  package mutating func read(_ text: [UInt8], from file: String, in folder: String) {
    self.file = file
    self.folder = folder
    handlerLines = [:]
    let before = problems.count
    do throws(TomlError) {
      let document = try TomlDocument.read(text)
      if case .table(let entries) = document.value { readTop(entries) }
    } catch {
      refuse(error.position, error.what, hint: error.position.map { advice(forLine: $0.line, of: text) } ?? "")
    }
    // They were found table by table.
    let found = problems[before...].sorted { one, other in
      guard let first = one.position else { return other.position != nil }
      return other.position.map { first < $0 } ?? false
    }
    problems.replaceSubrange(before..., with: found)
  }

  /// What all files together say, when nothing is wrong with any.
  package func finished() throws(ConfigurationError) -> EffectiveConfiguration {
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return effective
  }

  /// Adds what is wrong beside what stands in a file: that it could not be read.
  package mutating func add(_ problem: ConfigurationProblem) {
    problems.append(problem)
  }

  // MARK: What every table needs

  /// Tells of a mistake in the file that is being read.
  mutating func refuse(_ position: TomlNode.Position?, _ what: String, hint: String) {
    problems.append(ConfigurationProblem(in: file, at: position, what, hint: hint))
  }

  /// Remembers where a value came from.
  mutating func note(_ entry: TomlNode.Entry, as keyPath: String) {
    effective.origins[keyPath] = .file(file, line: entry.position.line)
  }

  /// The entries of a table whose keys are known; of the others it tells what they were probably meant to be.
  mutating func known<Key: RawRepresentable & CaseIterable>(
    _ entries: [TomlNode.Entry],
    _ type: Key.Type,
    in table: String
  ) -> [(key: Key, entry: TomlNode.Entry)] where Key.RawValue == String {
    var found: [(key: Key, entry: TomlNode.Entry)] = []
    for entry in entries {
      if let key = Key(rawValue: entry.key) {
        found.append((key, entry))
      } else {
        refuseUnknown(entry, in: table, having: Key.allCases.map(\.rawValue))
      }
    }
    return found
  }

  /// The entries of what has to be a table.
  mutating func table(_ entry: TomlNode.Entry, written header: String) -> [TomlNode.Entry]? {
    if case .table(let entries) = entry.node.value { return entries }
    refuseKind(entry.node, entry.key, wanted: "a table", hint: "write \(header), and its keys below it")
    return nil
  }
}
