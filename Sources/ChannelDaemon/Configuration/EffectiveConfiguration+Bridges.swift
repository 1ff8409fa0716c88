// Bridges and doors, in the order in which they are shown.

internal import ChannelBridge
internal import ChannelMessages

extension EffectiveConfiguration {
  func sections(of setting: BridgeSetting) -> [ConfigurationSection] {
    var bridge = ConfigurationSection("[[bridge]]", prefix: NamedTable.bridge.keyPath(of: setting.name))
    for key in ConfigurationKeys.Bridge.allCases {
      if let value = value(of: key, in: setting) { bridge.add(key.rawValue, value, self) }
    }
    return [bridge]
  }

  /// Nil for the manner that it does not have.
  private func value(of key: ConfigurationKeys.Bridge, in setting: BridgeSetting) -> ConfigurationSection.Value? {
    switch key {
    case .name: .text(setting.name)
    case .connect: setting.manner == .connect ? .text("\(setting.address)") : nil
    case .listen: setting.manner == .listen ? .text("\(setting.address)") : nil
    case .channels: .texts(setting.channels)
    case .side: .text(setting.side.rawValue)
    case .outward: .texts(setting.outward.map(\.description))
    case .inward: .texts(setting.inward.map(\.description))
    case .acknowledgement: .text(setting.acknowledgement.rawValue)
    case .timeLimit: .text(DurationText.exact(setting.timeLimit))
    case .peers: .integer(Int64(setting.peers))
    case .connections: .integer(Int64(setting.connections))
    case .idleTime: .text(DurationText.exact(setting.idleTime))
    case .attempts: .integer(Int64(setting.attempts))
    case .isRepeatable: .truth(setting.isRepeatable)
    case .failureLimit: setting.failureLimit.map { .integer(Int64($0)) } ?? .nothing
    case .failurePause: .text(DurationText.exact(setting.failurePause))
    case .cachedMethods: .texts(setting.cachedMethods)
    case .cacheTime: .text(DurationText.exact(setting.cacheTime))
    case .token: setting.token.map { .text($0) } ?? .nothing
    case .certificates: setting.files.certificates.map { .text($0) } ?? .nothing
    case .key: setting.files.key.map { .text($0) } ?? .nothing
    case .authorities: setting.files.authorities.map { .text($0) } ?? .nothing
    case .isUnprotected: .truth(setting.isUnprotected)
    }
  }

  func sections(of setting: DoorSetting) -> [ConfigurationSection] {
    let prefix = NamedTable.door.keyPath(of: setting.name)
    var door = ConfigurationSection("[[door]]", prefix: prefix)
    for key in ConfigurationKeys.Door.allCases {
      if let value = value(of: key, in: setting) { door.add(key.rawValue, value, self) }
    }
    return [door]
      + setting.rules.enumerated().map { number, rule in
        var section = ConfigurationSection("[[door.rule]]", prefix: "\(prefix).rule.\(number)")
        for key in ConfigurationKeys.Rule.allCases { section.add(key.rawValue, value(of: key, in: rule), self) }
        return section
      }
  }

  /// Nil for what has tables of its own.
  private func value(of key: ConfigurationKeys.Door, in setting: DoorSetting) -> ConfigurationSection.Value? {
    switch key {
    case .name: .text(setting.name)
    case .listen: .text("\(setting.address)")
    case .channels: .texts(setting.channels)
    case .side: .text(setting.side.rawValue)
    case .tokens: setting.tokens.map { .text($0) } ?? .nothing
    case .origins: .texts(setting.origins)
    case .hosts: .texts(setting.hosts)
    case .connections: .integer(Int64(setting.connections))
    case .certificates: setting.files.certificates.map { .text($0) } ?? .nothing
    case .key: setting.files.key.map { .text($0) } ?? .nothing
    case .authorities: setting.files.authorities.map { .text($0) } ?? .nothing
    case .isUnprotected: .truth(setting.isUnprotected)
    case .rule: nil
    }
  }

  private func value(of key: ConfigurationKeys.Rule, in rule: DoorRuleSetting) -> ConfigurationSection.Value {
    switch key {
    case .subjects: .texts(rule.subjects)
    case .channels: .texts(rule.channels)
    case .methods: .texts(rule.methods)
    case .events: .texts(rule.events)
    case .directions: .texts(rule.directions.map(\.rawValue))
    case .rate: rule.rate.map { .number($0) } ?? .nothing
    case .size: rule.size.map { .text(SizeText.text(UInt64($0))) } ?? .nothing
    }
  }
}
