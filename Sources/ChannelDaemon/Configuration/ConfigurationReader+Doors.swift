// The tables of doors.

internal import ChannelBridge
internal import ChannelMessages

extension ConfigurationReader {
  private static let mostConnections = 1_000_000

  mutating func readDoors(_ entry: TomlNode.Entry) {
    for (entries, position) in tables(entry, written: "[[door]]") { readDoor(entries, at: position) }
  }

  private mutating func readDoor(_ entries: [TomlNode.Entry], at position: TomlNode.Position) {
    let found = known(entries, ConfigurationKeys.Door.self, in: "[[door]]")
    let place = found.first { $0.key == .listen }?.entry
    var address: PeerAddress?
    if let place { address = self.address(place, isDoor: true) }
    var setting = DoorSetting(name: "", address ?? Self.nowhere)
    for (key, entry) in found { read(key, entry, into: &setting) }
    let name = checkName(found.first { $0.key == .name }?.entry, setting.name, of: .door, at: position)
    if let place {
      if address != nil { check(setting, at: place.node.position) }
    } else {
      refuse(position, "a door is nowhere", hint: "write listen = \"http://127.0.0.1:8080\"")
    }
    if name != nil { take(setting, of: .door, found.map(\.entry), into: \.doors) }
  }

  private mutating func read(
    _ key: ConfigurationKeys.Door,
    _ entry: TomlNode.Entry,
    into setting: inout DoorSetting
  ) {
    switch key {
    case .name: setting.name = text(entry.node, entry.key, hint: "write name = \"web\"") ?? ""
    case .listen: break
    case .channels: setting.channels = texts(entry, example: "\"jobs/*\"") ?? setting.channels
    case .side: setting.side = choice(entry) ?? setting.side
    case .tokens: setting.tokens = path(entry)
    case .origins: setting.origins = texts(entry, example: "\"https://example.org\"", mayBeEmpty: true) ?? []
    case .hosts: setting.hosts = texts(entry, example: "\"example.org\"", mayBeEmpty: true) ?? []
    case .connections: setting.connections = count(entry, in: 1...Self.mostConnections) ?? setting.connections
    case .certificates: setting.files.certificates = path(entry)
    case .key: setting.files.key = path(entry)
    case .authorities: setting.files.authorities = path(entry)
    case .isUnprotected: setting.isUnprotected = truth(entry) ?? setting.isUnprotected
    case .rule:
      for (entries, position) in tables(entry, written: "[[door.rule]]") {
        if let rule = rule(entries, at: position) { setting.rules.append(rule) }
      }
    }
  }

  /// Nil for one with a mistake, which was told.
  private mutating func rule(_ entries: [TomlNode.Entry], at position: TomlNode.Position) -> DoorRuleSetting? {
    let found = known(entries, ConfigurationKeys.Rule.self, in: "[[door.rule]]")
    guard let subjects = found.first(where: { $0.key == .subjects })?.entry else {
      refuse(position, "a rule is about nobody", hint: "write for = [\"NAME\"], of a token or a certificate")
      return nil
    }
    var rule = DoorRuleSetting(for: [])
    for (key, entry) in found {
      switch key {
      case .subjects: break
      case .channels: rule.channels = texts(entry, example: "\"jobs/*\"", mayBeEmpty: true) ?? rule.channels
      case .methods: rule.methods = texts(entry, example: "\"job.*\"", mayBeEmpty: true) ?? rule.methods
      case .events: rule.events = texts(entry, example: "\"job.*\"", mayBeEmpty: true) ?? rule.events
      case .directions: rule.directions = choices(entry, example: "\"in\", \"out\"") ?? rule.directions
      case .rate: rule.rate = rate(entry)
      case .size: rule.size = size(entry, in: 1...1 << 30).map(Int.init)
      }
    }
    guard let words = texts(subjects, example: "\"NAME\"") else { return nil }
    rule.subjects = words
    do throws(AccessRule.Fault) {
      _ = try rule.rule()
    } catch {
      refuse(subjects.node.position, "a rule cannot be", hint: "\(error)")
      return nil
    }
    return rule
  }

  /// What holds between keys.
  private mutating func check(_ setting: DoorSetting, at position: TomlNode.Position) {
    check(setting.files, of: setting.address, isListening: true, at: position)
    do throws(OriginRule.Fault) {
      _ = try OriginRule(listing: setting.origins, isSecure: setting.address.isSecure)
    } catch {
      refuse(position, "origins: \(error.what)", hint: error.remedy)
    }
    do throws(HostRule.Fault) {
      _ = try HostRule(listing: setting.hosts, isLoopbackOnly: true)
    } catch {
      refuse(position, "hosts: \(error.what)", hint: error.remedy)
    }
    let isGuarded = setting.address.isGuarded(
      byCertificates: setting.files.authorities != nil,
      byTokens: setting.tokens != nil
    )
    if !isGuarded, !setting.isUnprotected { refuseOpen(setting.address, at: position, "https: with tokens or ca") }
  }
}
