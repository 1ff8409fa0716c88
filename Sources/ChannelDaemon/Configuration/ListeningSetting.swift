// Settings of what may be given its socket.

internal import ChannelBridge

/// What the configuration says of a bridge or a door, as far as it is at a place.
protocol ListeningSetting: NamedSetting {
  static var table: NamedTable { get }
  var address: PeerAddress { get }
  var files: StreamFiles { get }
  var isUnprotected: Bool { get }
  /// Whether others come there; else it comes to others.
  var isListening: Bool { get }
  /// Whether whoever comes has to show a token.
  var asksForTokens: Bool { get }
}

extension ListeningSetting {
  /// What the key paths of its keys begin with.
  var keyPath: String { Self.table.keyPath(of: name) }
}

extension BridgeSetting: ListeningSetting {
  static var table: NamedTable { .bridge }
  var isListening: Bool { manner == .listen }
  var asksForTokens: Bool { false }
}

extension DoorSetting: ListeningSetting {
  static var table: NamedTable { .door }
  var isListening: Bool { true }
  var asksForTokens: Bool { tokens != nil }
}
