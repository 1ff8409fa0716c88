// What cannot be together, whichever files say it.

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel

extension ConfigurationReader {
  /// Who takes requests, of which channels.
  private struct Taker {
    let kind: NamedTable
    let name: String
    let channels: [String]
    let side: Side
    let methods: [String]

    var text: String { "the \(kind.rawValue) \(name)" }

    /// Whether there are requests that both would take: then each would be done twice.
    func competes(with other: Taker) -> Bool {
      side == other.side && Self.overlap(channels, other.channels) && Self.overlap(methods, other.methods)
    }

    private static func overlap(_ some: [String], _ others: [String]) -> Bool {
      let others = others.map(MethodPattern.init)
      return some.map(MethodPattern.init).contains { pattern in others.contains(where: pattern.overlaps) }
    }
  }

  /// Tells of what competes for requests or places.
  mutating func checkConflicts() {
    let configuration = effective.configuration
    let handlers = configuration.handlers.map { setting in
      Taker(
        kind: .handler,
        name: setting.name,
        channels: setting.channels,
        side: setting.side,
        methods: setting.methods
      )
    }
    let bridges = configuration.bridges.map { setting in
      let methods = setting.outward.map(\.pattern)
      return Taker(kind: .bridge, name: setting.name, channels: setting.channels, side: setting.side, methods: methods)
    }
    let doors = configuration.doors.map { setting in
      Taker(kind: .door, name: setting.name, channels: setting.channels, side: setting.side, methods: ["*"])
    }
    for (number, bridge) in bridges.enumerated() {
      for other in handlers + bridges[..<number] where bridge.competes(with: other) { refuse(bridge, other) }
    }
    for door in doors {
      for other in handlers + bridges where door.competes(with: other) { refuse(door, other) }
    }
    for (number, door) in configuration.doors.enumerated() {
      guard let other = configuration.doors[..<number].first(where: { $0.address.endpoint == door.address.endpoint })
      else { continue }
      refuse(.door, door.name, "two doors are at \(door.address)", hint: "the other is \(other.name)")
    }
  }

  private mutating func refuse(_ taker: Taker, _ other: Taker) {
    let what = "\(taker.text) and \(other.text) would both take requests as the \(taker.side.rawValue)"
    let hint =
      taker.kind == .door
      ? "let one have another side, or other channels" : "let one have other channels, methods or side; see out"
    refuse(taker.kind, taker.name, what, hint: hint)
  }

  private mutating func refuse(_ kind: NamedTable, _ name: String, _ what: String, hint: String) {
    var position: TomlNode.Position?
    var file = ""
    if case .file(let path, let line) = effective.origin(of: "\(kind.keyPath(of: name)).name") {
      (file, position) = (path, TomlNode.Position(line: line, column: 1))
    }
    add(ConfigurationProblem(in: file, at: position, what, hint: hint))
  }
}
