// The tables of handlers.

extension ConfigurationReader {
  /// More handlers at once than this are a mistake, and more attempts.
  private static let mostAtOnce = 1_024
  private static let mostAttempts = 1_000_000
  /// The least of memory in which a program can begin.
  private static let leastMemory: UInt64 = 1 << 20

  mutating func readHandlers(_ entry: TomlNode.Entry) {
    for (entries, position) in tables(entry, written: "[[handler]]") { readHandler(entries, at: position) }
  }

  private mutating func readHandler(_ entries: [TomlNode.Entry], at position: TomlNode.Position) {
    let found = known(entries, ConfigurationKeys.Handler.self, in: "[[handler]]")
    var setting = HandlerSetting(name: "", manner: .run, command: [])
    for (key, entry) in found { read(key, entry, into: &setting) }
    let name = checkName(found.first { $0.key == .name }?.entry, setting.name, of: .handler, at: position)
    checkCommand(found, at: position)
    checkMessages(found, at: position)
    if name != nil { take(setting, of: .handler, found.map(\.entry), into: \.handlers) }
  }

  private mutating func read(
    _ key: ConfigurationKeys.Handler,
    _ entry: TomlNode.Entry,
    into setting: inout HandlerSetting
  ) {
    switch key {
    case .name: setting.name = text(entry.node, entry.key, hint: "write name = \"words\"") ?? ""
    case .channels: setting.channels = texts(entry, example: "\"jobs/*\"") ?? setting.channels
    case .side: setting.side = choice(entry) ?? setting.side
    case .methods: setting.methods = texts(entry, example: "\"job.*\"", mayBeEmpty: true) ?? setting.methods
    case .events: setting.events = texts(entry, example: "\"job.*\"", mayBeEmpty: true) ?? setting.events
    case .run, .worker:
      setting.manner = key == .run ? .run : .worker
      setting.command = command(entry) ?? setting.command
    case .concurrency: setting.concurrency = count(entry, in: 1...Self.mostAtOnce) ?? setting.concurrency
    case .rate: setting.rate = rate(entry)
    case .timeLimit: setting.timeLimit = duration(entry) ?? setting.timeLimit
    case .grace: setting.grace = duration(entry, mayBeZero: true) ?? setting.grace
    case .attempts: setting.attempts = count(entry, in: 1...Self.mostAttempts) ?? setting.attempts
    case .backoff: setting.backoff = backoff(entry) ?? setting.backoff
    case .outputLimit: setting.outputLimit = size(entry, in: 1...1 << 30).map(Int.init) ?? setting.outputLimit
    case .memoryLimit: setting.memoryLimit = size(entry, in: Self.leastMemory...1 << 50)
    case .isRepeatable: setting.isRepeatable = truth(entry) ?? setting.isRepeatable
    case .environment: setting.environment = environment(entry) ?? setting.environment
    case .directory: setting.directory = path(entry)
    }
  }

  // MARK: What lies deeper

  private mutating func backoff(_ entry: TomlNode.Entry) -> HandlerSetting.Backoff? {
    guard case .table(let entries) = entry.node.value else {
      let hint = "write backoff = { first = \"1s\", longest = \"1m\" }"
      refuseKind(entry.node, entry.key, wanted: "a table", hint: hint)
      return nil
    }
    var backoff = HandlerSetting.Backoff()
    let found = known(entries, ConfigurationKeys.Backoff.self, in: "backoff")
    // One with a mistake is not judged further: nobody knows what it would have been.
    var isWhole = found.count == entries.count
    for (key, entry) in found {
      let duration = duration(entry)
      isWhole = isWhole && duration != nil
      switch key {
      case .first: backoff.first = duration ?? backoff.first
      case .longest: backoff.longest = duration ?? backoff.longest
      }
    }
    if isWhole, backoff.first > backoff.longest {
      let hint = "first is \"1s\" and longest \"60s\" where they are not said"
      refuse(entry.position, "backoff has a first that is longer than its longest", hint: hint)
    }
    return backoff
  }

  private mutating func environment(_ entry: TomlNode.Entry) -> [String: String]? {
    let hint = "write environment = { NAME = \"value\" }"
    guard case .table(let entries) = entry.node.value else {
      refuseKind(entry.node, entry.key, wanted: "a table", hint: hint)
      return nil
    }
    var environment: [String: String] = [:]
    for variable in entries {
      if variable.key.isEmpty || variable.key.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }) {
        refuse(variable.position, "a variable cannot be called \(TomlText.string(variable.key))", hint: hint)
      } else if case .string("") = variable.node.value {
        environment[variable.key] = ""
      } else {
        environment[variable.key] = text(variable.node, "environment.\(TomlText.key(variable.key))", hint: hint)
      }
    }
    return environment
  }

  // MARK: What holds between keys

  private mutating func checkCommand(
    _ found: [(key: ConfigurationKeys.Handler, entry: TomlNode.Entry)],
    at position: TomlNode.Position
  ) {
    let commands = found.filter { $0.key == .run || $0.key == .worker }
    if commands.isEmpty {
      let hint = "write run = [\"program\"]; or worker = [\"program\"] for one that is kept running"
      refuse(position, "a handler has no program", hint: hint)
    } else if commands.count > 1 {
      refuse(commands[1].entry.position, "a handler has both run and worker", hint: "remove one")
    }
  }

  private mutating func checkMessages(
    _ found: [(key: ConfigurationKeys.Handler, entry: TomlNode.Entry)],
    at position: TomlNode.Position
  ) {
    // Those that are there and wrong were told already.
    let isSaid = found.contains { key, entry in
      guard key == .methods || key == .events else { return false }
      return entry.node.value != .array([])
    }
    if !isSaid {
      refuse(position, "a handler takes no messages", hint: "write methods = [\"*\"], events = [\"*\"], or both")
    }
  }
}
