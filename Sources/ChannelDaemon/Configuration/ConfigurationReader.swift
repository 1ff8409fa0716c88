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
  /// The lines in which the named tables of the file that is being read begin, by their key paths.
  private var tableLines: [String: Int] = [:]
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
    tableLines = [:]
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
    var reader = self
    if problems.isEmpty { reader.checkConflicts() }
    guard reader.problems.isEmpty else { throw ConfigurationError(reader.problems) }
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
    effective.note(entry.node, in: file, as: keyPath)
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

  /// The tables of a list, each with where it begins.
  mutating func tables(_ entry: TomlNode.Entry, written header: String) -> [([TomlNode.Entry], TomlNode.Position)] {
    guard case .array(let nodes) = entry.node.value else {
      refuseKind(entry.node, entry.key, wanted: "a list of tables", hint: "write \(header) above the keys of each")
      return []
    }
    var tables: [([TomlNode.Entry], TomlNode.Position)] = []
    for node in nodes {
      if case .table(let entries) = node.value {
        tables.append((entries, node.position))
      } else {
        let hint = "write \(header) above the keys of each"
        refuseKind(node, "an element of \(entry.key)", wanted: "a table", hint: hint)
      }
    }
    return tables
  }

  /// The name of a table, when it can be one and no other of its kind in the file has it.
  mutating func checkName(
    _ entry: TomlNode.Entry?,
    _ name: String,
    of kind: NamedTable,
    at position: TomlNode.Position
  ) -> String? {
    guard let entry else {
      refuse(position, "a \(kind.rawValue) has no name", hint: "write name = \"words\": \(kind.useOfNames) need it")
      return nil
    }
    // When it is empty, that was told.
    guard !name.isEmpty, isName(name, at: entry.node.position, "a \(kind.rawValue)") else { return nil }
    if let line = tableLines[kind.keyPath(of: name)] {
      let what = "there are two \(kind.rawValue)s called \(name)"
      refuse(entry.node.position, what, hint: "the other begins in line \(line)")
      return nil
    }
    tableLines[kind.keyPath(of: name)] = position.line
    return name
  }

  /// Goes by a named table: one of its name that an earlier file had gives way as a whole.
  mutating func take<Setting: NamedSetting>(
    _ setting: Setting,
    of kind: NamedTable,
    _ entries: [TomlNode.Entry],
    into settings: WritableKeyPath<Configuration, [Setting]>
  ) {
    noteAll(entries, below: kind.keyPath(of: setting.name))
    if let place = effective.configuration[keyPath: settings].firstIndex(where: { $0.name == setting.name }) {
      effective.configuration[keyPath: settings][place] = setting
    } else {
      effective.configuration[keyPath: settings].append(setting)
    }
  }

  /// Notes where all values of a named table come from, and those of tables in it.
  private mutating func noteAll(_ entries: [TomlNode.Entry], below prefix: String) {
    effective.forgetOrigins(below: prefix)
    for entry in entries {
      let keyPath = "\(prefix).\(TomlText.key(entry.key))"
      switch entry.node.value {
      case .table(let inner): for entry in inner { note(entry, as: "\(keyPath).\(TomlText.key(entry.key))") }
      case .array(let nodes):
        note(entry, as: keyPath)
        for (number, node) in nodes.enumerated() {
          guard case .table(let inner) = node.value else { continue }
          for entry in inner { note(entry, as: "\(keyPath).\(number).\(TomlText.key(entry.key))") }
        }
      case .string, .integer, .float, .boolean, .moment: note(entry, as: keyPath)
      }
    }
  }

  /// The entries of what has to be a table.
  mutating func table(_ entry: TomlNode.Entry, written header: String) -> [TomlNode.Entry]? {
    if case .table(let entries) = entry.node.value { return entries }
    refuseKind(entry.node, entry.key, wanted: "a table", hint: "write \(header), and its keys below it")
    return nil
  }
}
