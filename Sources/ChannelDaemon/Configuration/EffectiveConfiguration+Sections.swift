// Everything that a configuration holds, in the order in which it is shown.

internal import ChannelMessages

extension EffectiveConfiguration {
  /// All tables, and before them what stands in none.
  package var sections: [ConfigurationSection] {
    var top = ConfigurationSection("", prefix: "")
    add(&top, ConfigurationKeys.Top.roots, .texts(configuration.roots))
    add(&top, ConfigurationKeys.Top.drainLimit, .text(DurationText.exact(configuration.drainLimit)))
    return [top] + logSections + [stateSection, adminSection, metricsSection]
      + configuration.handlers.flatMap(sections) + configuration.bridges.flatMap(sections)
      + configuration.doors.flatMap(sections)
  }

  private func add<Key: RawRepresentable<String>>(
    _ section: inout ConfigurationSection,
    _ key: Key,
    _ value: ConfigurationSection.Value
  ) {
    section.add(key.rawValue, value, self)
  }

  private var logSections: [ConfigurationSection] {
    typealias Keys = ConfigurationKeys.Log
    var log = ConfigurationSection("[log]", prefix: "log")
    add(&log, Keys.form, .text(configuration.log.form.rawValue))
    add(&log, Keys.level, .text(configuration.log.level.rawValue))
    add(&log, Keys.showsPayloads, .truth(configuration.log.showsPayloads))
    guard !configuration.log.parts.isEmpty else { return [log] }
    var parts = ConfigurationSection("[log.parts]", prefix: "log.parts")
    for (part, level) in configuration.log.parts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      parts.add(part.rawValue, .text(level.rawValue), self)
    }
    return [log, parts]
  }

  private var stateSection: ConfigurationSection {
    var state = ConfigurationSection("[state]", prefix: "state")
    add(&state, ConfigurationKeys.State.directory, .text(configuration.state))
    return state
  }

  private var adminSection: ConfigurationSection {
    var admin = ConfigurationSection("[admin]", prefix: "admin")
    add(&admin, ConfigurationKeys.Admin.socket, .text(configuration.admin))
    return admin
  }

  private var metricsSection: ConfigurationSection {
    typealias Keys = ConfigurationKeys.Metrics
    var metrics = ConfigurationSection("[metrics]", prefix: "metrics")
    switch configuration.metrics {
    case .socket(let path): add(&metrics, Keys.socket, .text(path))
    case .loopback(let port): add(&metrics, Keys.port, .integer(Int64(port)))
    case nil:
      add(&metrics, Keys.socket, .nothing)
      add(&metrics, Keys.port, .nothing)
    }
    return metrics
  }

  // MARK: Handlers

  private func sections(of setting: HandlerSetting) -> [ConfigurationSection] {
    let prefix = NamedTable.handler.keyPath(of: setting.name)
    var handler = ConfigurationSection("[[handler]]", prefix: prefix)
    for key in ConfigurationKeys.Handler.allCases {
      if let value = value(of: key, in: setting) { add(&handler, key, value) }
    }
    var backoff = ConfigurationSection("[handler.backoff]", prefix: "\(prefix).backoff")
    add(&backoff, ConfigurationKeys.Backoff.first, .text(DurationText.exact(setting.backoff.first)))
    add(&backoff, ConfigurationKeys.Backoff.longest, .text(DurationText.exact(setting.backoff.longest)))
    guard !setting.environment.isEmpty else { return [handler, backoff] }
    var environment = ConfigurationSection("[handler.environment]", prefix: "\(prefix).environment")
    for (name, value) in setting.environment.sorted(by: { $0.key < $1.key }) {
      environment.add(name, .text(value), self)
    }
    return [handler, backoff, environment]
  }

  /// Nil for what has a table of its own, and for the manner that it does not have.
  private func value(of key: ConfigurationKeys.Handler, in setting: HandlerSetting) -> ConfigurationSection.Value? {
    switch key {
    case .name: .text(setting.name)
    case .channels: .texts(setting.channels)
    case .side: .text(setting.side.rawValue)
    case .methods: .texts(setting.methods)
    case .events: .texts(setting.events)
    case .run: setting.manner == .run ? .texts(setting.command) : nil
    case .worker: setting.manner == .worker ? .texts(setting.command) : nil
    case .concurrency: .integer(Int64(setting.concurrency))
    case .rate: setting.rate.map { .number($0) } ?? .nothing
    case .timeLimit: .text(DurationText.exact(setting.timeLimit))
    case .grace: .text(DurationText.exact(setting.grace))
    case .attempts: .integer(Int64(setting.attempts))
    case .outputLimit: .text(SizeText.text(UInt64(setting.outputLimit)))
    case .memoryLimit: setting.memoryLimit.map { .text(SizeText.text($0)) } ?? .nothing
    case .isRepeatable: .truth(setting.isRepeatable)
    case .directory: setting.directory.map { .text($0) } ?? .nothing
    case .backoff, .environment: nil
    }
  }
}
