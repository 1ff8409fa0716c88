// The kinds of values that a configuration has. Each is nil when it is not what it should be, and that was told.

internal import ChannelMessages

extension ConfigurationReader {
  /// A text that says something, in which nothing ends it: programs and paths cannot have a zero byte in them.
  mutating func text(_ node: TomlNode, _ name: String, hint: String) -> String? {
    guard case .string(let text) = node.value else {
      refuseKind(node, name, wanted: "a string", hint: hint)
      return nil
    }
    guard !text.isEmpty, !text.utf8.contains(0) else {
      refuseValue(node, name, hint: hint)
      return nil
    }
    return text
  }

  /// An array of such texts.
  mutating func texts(_ entry: TomlNode.Entry, example: String, mayBeEmpty: Bool = false) -> [String]? {
    guard let nodes = array(entry, example: example, mayBeEmpty: mayBeEmpty) else { return nil }
    return all(nodes.map { text($0, "an element of \(entry.key)", hint: "write \(entry.key) = [\(example)]") })
  }

  private mutating func array(_ entry: TomlNode.Entry, example: String, mayBeEmpty: Bool) -> [TomlNode]? {
    let hint = "write \(entry.key) = [\(example)]"
    guard case .array(let nodes) = entry.node.value else {
      refuseKind(entry.node, entry.key, wanted: "an array of strings", hint: hint)
      return nil
    }
    guard mayBeEmpty || !nodes.isEmpty else {
      refuse(entry.node.position, "\(entry.key) is empty", hint: hint)
      return nil
    }
    return nodes
  }

  /// All of them, or nil when one is missing.
  private func all<Element>(_ elements: [Element?]) -> [Element]? {
    let found = elements.compactMap { $0 }
    return found.count == elements.count ? found : nil
  }

  mutating func truth(_ entry: TomlNode.Entry) -> Bool? {
    if case .boolean(let value) = entry.node.value { return value }
    refuseKind(entry.node, entry.key, wanted: "true or false", hint: "write \(entry.key) = true, without quotes")
    return nil
  }

  /// Some words of several, each once.
  mutating func choices<Choice: RawRepresentable & CaseIterable & Hashable>(
    _ entry: TomlNode.Entry,
    example: String
  ) -> [Choice]? where Choice.RawValue == String {
    guard let nodes = array(entry, example: example, mayBeEmpty: true) else { return nil }
    let chosen: [Choice?] = nodes.map { choice(TomlNode.Entry(key: entry.key, position: $0.position, node: $0)) }
    return all(chosen).map { all in Choice.allCases.filter(all.contains) }
  }

  /// One word of several.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ entry: TomlNode.Entry,
    of type: Choice.Type = Choice.self
  ) -> Choice? where Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue)
    let hint = "write \(Self.list(words.map(TomlText.string), "or"))"
    guard case .string(let word) = entry.node.value else {
      refuseKind(entry.node, entry.key, wanted: "a string", hint: hint)
      return nil
    }
    if let choice = Choice(rawValue: word) { return choice }
    let nearest = Suggestion.nearest(to: word, among: words)
    refuseValue(entry.node, entry.key, hint: nearest.map { "did you mean \(TomlText.string($0))?" } ?? hint)
    return nil
  }

  // MARK: Numbers

  mutating func count(_ entry: TomlNode.Entry, in range: ClosedRange<Int>) -> Int? {
    let hint = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .integer(let number) = entry.node.value else {
      refuseKind(entry.node, entry.key, wanted: "a whole number", hint: hint)
      return nil
    }
    guard let count = Int(exactly: number), range.contains(count) else {
      refuseValue(entry.node, entry.key, hint: hint)
      return nil
    }
    return count
  }

  /// So often a second.
  mutating func rate(_ entry: TomlNode.Entry) -> Double? {
    let hint = "write how many a second, such as 10 or 0.5; leave it out for no limit"
    let rate: Double
    switch entry.node.value {
    case .integer(let number): rate = Double(number)
    case .float(let number): rate = number
    case .table, .array, .string, .boolean, .moment:
      refuseKind(entry.node, entry.key, wanted: "a number", hint: hint)
      return nil
    }
    guard rate > 0, rate.isFinite else {
      refuseValue(entry.node, entry.key, hint: hint)
      return nil
    }
    return rate
  }

  /// A number with a unit of time.
  mutating func duration(_ entry: TomlNode.Entry, mayBeZero: Bool = false) -> Duration? {
    guard case .string(let text) = entry.node.value else {
      let hint = "write a number with its unit in quotes, such as \"30s\""
      refuseKind(entry.node, entry.key, wanted: "a string with a duration", hint: hint)
      return nil
    }
    guard let duration = DurationText.parse(text) else {
      let hint = "write a number with ns, us, ms, s, m or h behind it, such as \"500ms\", and no more than a year"
      refuseValue(entry.node, entry.key, hint: hint)
      return nil
    }
    guard mayBeZero || duration > .zero else {
      refuseValue(entry.node, entry.key, hint: "it has to be longer than nothing")
      return nil
    }
    return duration
  }

  /// A number of bytes, or one with its unit.
  mutating func size(_ entry: TomlNode.Entry, in range: ClosedRange<UInt64>) -> UInt64? {
    let size: UInt64?
    switch entry.node.value {
    case .integer(let number): size = UInt64(exactly: number)
    case .string(let text):
      size = SizeText.parse(text)
      guard size != nil else {
        let hint = "write bytes, such as 65536, or with \(Self.list(SizeText.unitNames, "or")), such as \"64 KiB\""
        refuseValue(entry.node, entry.key, hint: hint)
        return nil
      }
    case .table, .array, .float, .boolean, .moment:
      refuseKind(entry.node, entry.key, wanted: "a size", hint: "write bytes, such as 65536, or \"64 KiB\"")
      return nil
    }
    guard let size, range.contains(size) else {
      let bounds = "\(SizeText.text(range.lowerBound)) to \(SizeText.text(range.upperBound))"
      refuseValue(entry.node, entry.key, hint: "write a size from \(bounds)")
      return nil
    }
    return size
  }
}

// MARK: Paths

extension ConfigurationReader {
  /// So many bytes the kernel takes for the path of a socket.
  static let longestSocketPath = 107

  mutating func path(_ entry: TomlNode.Entry) -> String? {
    path(entry.node, entry.key)
  }

  mutating func socketPath(_ entry: TomlNode.Entry) -> String? {
    guard let path = path(entry) else { return nil }
    guard path.utf8.count <= Self.longestSocketPath else {
      let what = "\(entry.key) is a path of \(path.utf8.count) bytes: \(path)"
      refuse(entry.node.position, what, hint: "the path of a socket has \(Self.longestSocketPath) bytes at most")
      return nil
    }
    return path
  }

  /// Different paths.
  mutating func paths(_ entry: TomlNode.Entry, example: String) -> [String]? {
    guard let nodes = array(entry, example: example, mayBeEmpty: false) else { return nil }
    var seen: Set<String> = []
    return all(
      nodes.map { node in
        guard let path = path(node, "an element of \(entry.key)") else { return nil }
        guard seen.insert(path).inserted else {
          refuse(node.position, "\(path) stands in \(entry.key) twice", hint: "remove one")
          return nil
        }
        return path
      }
    )
  }

  /// The words of a command. Its program is a path, unless it is a name to be looked for in PATH.
  mutating func command(_ entry: TomlNode.Entry) -> [String]? {
    let example = "\"program\", \"argument\""
    guard let nodes = array(entry, example: example, mayBeEmpty: false), let program = nodes.first else { return nil }
    let hint = "write \(entry.key) = [\(example)]"
    var words: [String?] = [text(program, "the program of \(entry.key)", hint: hint)]
    if let name = words[0], name.contains("/") || name.hasPrefix("~") {
      words[0] = path(program, "the program of \(entry.key)")
    }
    for node in nodes.dropFirst() {
      // An argument may be empty, as in a shell.
      let isEmpty = node.value == .string("")
      words.append(isEmpty ? "" : text(node, "an argument of \(entry.key)", hint: hint))
    }
    return all(words)
  }

  /// A path from the root, wherever it begins.
  mutating func path(_ node: TomlNode, _ name: String) -> String? {
    guard let path = text(node, name, hint: "write a path, such as \"/srv/channels\"") else { return nil }
    guard path.hasPrefix("~") else { return whole(path.hasPrefix("/") ? path : "\(folder)/\(path)") }
    guard path == "~" || path.hasPrefix("~/") else {
      refuseValue(node, name, hint: "~ is your own home only; write other paths whole, and such a name as ./~name")
      return nil
    }
    guard let home else {
      refuseValue(node, name, hint: "there is no HOME in the environment; write the whole path")
      return nil
    }
    return whole(home + path.dropFirst())
  }
}
