// Settings of which there may be many.

/// What the configuration says of one handler, bridge or door; no two of a kind have the same name.
protocol NamedSetting: Equatable {
  var name: String { get }
}

extension HandlerSetting: NamedSetting {}
extension BridgeSetting: NamedSetting {}
extension DoorSetting: NamedSetting {}
