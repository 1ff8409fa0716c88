// What the files say that bridges and doors name.

internal import ChannelBridge
internal import ChannelSockets
internal import Transom

/// Certificates, keys and tokens, read anew at the start and at each reload, and where doors are.
struct ConnectionMaterial: Sendable {
  /// By the key paths of their tables.
  private var securities: [String: TLSContext] = [:]
  private var accesses: [String: DoorAccess] = [:]
  private var tokens: [String: OwnToken] = [:]
  private var addresses: [String: PeerAddress] = [:]

  /// None, for a daemon that has neither bridges nor doors yet.
  init() {}

  /// Reads all that a configuration names. It waits for the disk.
  ///
  /// - Throws: A `ChannelError` that says which file or descriptor cannot be used, and why.
  init(for configuration: Configuration, _ sockets: LentSockets) throws(ChannelError) {
    for bridge in configuration.bridges {
      try read(bridge.files, for: bridge.address, isListening: bridge.manner == .listen, of: Self.key(of: bridge))
    }
    for bridge in configuration.bridges {
      guard let file = bridge.token else { continue }
      do throws(AccessTokenFileError) {
        tokens[Self.key(of: bridge)] = try OwnToken.read(file)
      } catch {
        throw Self.unusable("\(error)", of: Self.key(of: bridge))
      }
    }
    var doors: [Endpoint: DoorSetting] = [:]
    for door in configuration.doors {
      let address = try sockets.address(of: door)
      if let other = doors.updateValue(door, forKey: address.endpoint) {
        let hint = "the other is \(other.name); a descriptor door-NAME says where the door of that name is"
        throw ChannelError(.misuse, at: Self.key(of: door), "two doors are at \(address)", hint: hint)
      }
      addresses[Self.key(of: door)] = address
      try read(door.files, for: address, isListening: true, of: Self.key(of: door))
      accesses[Self.key(of: door)] = try Self.access(of: door, at: address)
    }
  }

  /// Where a door is, which may have been given its socket.
  func address(of door: DoorSetting) -> PeerAddress {
    guard let address = addresses[Self.key(of: door)] else { preconditionFailure("it was found for each door") }
    return address
  }

  func security(of bridge: BridgeSetting) -> TLSContext? { securities[Self.key(of: bridge)] }
  func security(of door: DoorSetting) -> TLSContext? { securities[Self.key(of: door)] }

  /// What a bridge says of itself where it comes to a WebSocket. A door keeps events by its name, so that it can take them over
  /// one by one.
  func introduction(of bridge: BridgeSetting) -> PeerIntroduction {
    PeerIntroduction(token: tokens[Self.key(of: bridge)], reader: bridge.acknowledgement == .peer ? bridge.name : nil)
  }

  func access(of door: DoorSetting) -> DoorAccess {
    guard let access = accesses[Self.key(of: door)] else { preconditionFailure("it was read for each door") }
    return access
  }

  private static func key(of bridge: BridgeSetting) -> String { NamedTable.bridge.keyPath(of: bridge.name) }
  private static func key(of door: DoorSetting) -> String { NamedTable.door.keyPath(of: door.name) }

  private mutating func read(
    _ files: StreamFiles,
    for address: PeerAddress,
    isListening: Bool,
    of key: String
  ) throws(ChannelError) {
    do {
      if let settings = try files.settings(for: address, isListening: isListening) {
        securities[key] = try TLSContext(settings)
      }
    } catch {
      throw Self.unusable("\(error)", of: key)
    }
  }

  private static func access(of door: DoorSetting, at address: PeerAddress) throws(ChannelError) -> DoorAccess {
    do {
      let hosts =
        address.host == nil ? nil : try HostRule(listing: door.hosts, isLoopbackOnly: address.endpoint.isLocal)
      return DoorAccess(
        tokens: try door.tokens.map(AccessTokens.read),
        policy: try policy(of: door),
        origins: try OriginRule(listing: door.origins, isSecure: address.isSecure),
        hosts: hosts
      )
    } catch {
      throw unusable("\(error)", of: key(of: door))
    }
  }

  private static func policy(of door: DoorSetting) throws(AccessRule.Fault) -> AccessPolicy {
    if !door.rules.isEmpty {
      return AccessPolicy(try door.rules.map { rule throws(AccessRule.Fault) in try rule.rule() })
    }
    // Whom TLS lets in has shown a certificate there.
    return AccessPolicy(door.tokens == nil ? .open : .token)
  }

  private static func unusable(_ what: String, of whom: String) -> ChannelError {
    ChannelError(.misuse, at: whom, what, hint: "mend that file, or name another one")
  }
}
