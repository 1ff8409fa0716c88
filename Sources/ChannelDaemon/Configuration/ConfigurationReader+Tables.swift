// The tables that are there once.

internal import LinuxIO

extension ConfigurationReader {
  mutating func readTop(_ entries: [TomlNode.Entry]) {
    for (key, entry) in known(entries, ConfigurationKeys.Top.self, in: "") {
      switch key {
      case .roots:
        note(entry, as: "roots")
        effective.configuration.roots =
          paths(entry, example: "\"/srv/channels\"") ?? effective.configuration.roots
      case .drainLimit:
        note(entry, as: "drain-limit")
        effective.configuration.drainLimit = duration(entry, mayBeZero: true) ?? effective.configuration.drainLimit
      case .log: readLog(table(entry, written: "[log]") ?? [])
      case .state: readState(table(entry, written: "[state]") ?? [])
      case .admin: readAdmin(table(entry, written: "[admin]") ?? [])
      case .metrics: readMetrics(table(entry, written: "[metrics]") ?? [])
      case .handler: readHandlers(entry)
      case .bridge: readBridges(entry)
      case .door: readDoors(entry)
      }
    }
  }

  private mutating func readLog(_ entries: [TomlNode.Entry]) {
    for (key, entry) in known(entries, ConfigurationKeys.Log.self, in: "[log]") {
      switch key {
      case .form:
        note(entry, as: "log.form")
        effective.configuration.log.form = choice(entry) ?? effective.configuration.log.form
      case .level:
        note(entry, as: "log.level")
        effective.configuration.log.level = choice(entry) ?? effective.configuration.log.level
      case .showsPayloads:
        note(entry, as: "log.show-payloads")
        effective.configuration.log.showsPayloads = truth(entry) ?? effective.configuration.log.showsPayloads
      case .parts:
        for (part, entry) in known(table(entry, written: "[log.parts]") ?? [], LogPart.self, in: "[log.parts]") {
          note(entry, as: "log.parts.\(part.rawValue)")
          if let level = choice(entry, of: LogLevel.self) { effective.configuration.log.parts[part] = level }
        }
      }
    }
  }

  private mutating func readState(_ entries: [TomlNode.Entry]) {
    for (key, entry) in known(entries, ConfigurationKeys.State.self, in: "[state]") {
      switch key {
      case .directory:
        note(entry, as: "state.directory")
        effective.configuration.state = path(entry) ?? effective.configuration.state
      }
    }
  }

  private mutating func readAdmin(_ entries: [TomlNode.Entry]) {
    for (key, entry) in known(entries, ConfigurationKeys.Admin.self, in: "[admin]") {
      switch key {
      case .socket:
        note(entry, as: "admin.socket")
        effective.configuration.admin = socketPath(entry) ?? effective.configuration.admin
      }
    }
  }

  private mutating func readMetrics(_ entries: [TomlNode.Entry]) {
    let found = known(entries, ConfigurationKeys.Metrics.self, in: "[metrics]")
    for (key, entry) in found {
      let place: MetricsPlace? =
        switch key {
        case .socket: socketPath(entry).map { .socket(path: $0) }
        case .port: count(entry, in: 1...65_535).map { .loopback(port: UInt16($0)) }
        }
      effective.origins["metrics.socket"] = nil
      effective.origins["metrics.port"] = nil
      note(entry, as: "metrics.\(key.rawValue)")
      effective.configuration.metrics = place ?? effective.configuration.metrics
    }
    if found.count > 1 {
      let hint = "they are served in one place: remove one"
      refuse(found[1].entry.position, "metrics has both socket and port", hint: hint)
    }
  }

  /// Whether it is made of letters, digits and a few signs, so that it can stand in a log line, a label and an address.
  mutating func isName(_ name: String, at position: TomlNode.Position, _ what: String) -> Bool {
    let isName =
      (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
    if !isName {
      let hint = "use letters from a to z, digits, and . _ -, up to 64 of them"
      refuse(position, "\(what) cannot be called \(TomlText.string(name))", hint: hint)
    }
    return isName
  }

  /// A path from the root without what means nothing in it.
  func whole(_ path: String) -> String {
    // Only where paths begin that do not begin at the root can be unknown.
    (try? WholePath.spelled(path)) ?? path
  }
}
