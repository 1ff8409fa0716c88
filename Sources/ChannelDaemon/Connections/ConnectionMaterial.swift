// What the files say that bridges and doors name.

internal import ChannelBridge
internal import ChannelSockets
internal import LinuxIO
internal import Transom

/// Certificates, keys and tokens, read anew at the start and at each reload, and where bridges and doors are.
struct ConnectionMaterial: Sendable {
  /// By the key paths of their tables.
  private var securities: [String: TLSContext] = [:]
  private var accesses: [String: DoorAccess] = [:]
  private var tokens: [String: OwnToken] = [:]
  private var addresses: [String: PeerAddress] = [:]
  /// Which files these were, by their paths.
  private var stamps: [String: FileStamp] = [:]
  /// What cannot be used, and why.
  private(set) var problems: [ConfigurationProblem] = []
  /// What can be used, and whoever comes will not have it.
  private(set) var flaws: [ConfigurationProblem] = []

  /// None, for a daemon that has neither bridges nor doors yet.
  init() {}

  /// Reads all that a configuration names. It waits for the disk.
  ///
  /// It is to be used only when there is nothing wrong with it.
  init(for effective: EffectiveConfiguration, _ sockets: LentSockets) {
    // Before they are read: what is written meanwhile is told by the next one.
    stamps = Self.stamps(of: effective.configuration)
    for bridge in effective.configuration.bridges {
      if let address = place(bridge, sockets, effective) { read(bridge, at: address, effective) }
      if let error = sockets.exposure(of: bridge) {
        let what = "\(error.path): \(error.what)"
        flaws.append(problem(what, bridge.keyPath, "listen", effective, hint: error.hint))
      }
      guard let file = bridge.token else { continue }
      do throws(AccessTokenFileError) {
        tokens[bridge.keyPath] = try OwnToken.read(file)
      } catch {
        refuse("\(error)", bridge.keyPath, "token", effective)
      }
    }
    var doors: [Endpoint: DoorSetting] = [:]
    for door in effective.configuration.doors {
      guard let address = place(door, sockets, effective) else { continue }
      if let other = doors.updateValue(door, forKey: address.endpoint) {
        let hint = "the other is \(other.name); a descriptor door-NAME says where the door of that name is"
        refuse("two doors are at \(address)", door.keyPath, "listen", effective, hint: hint)
      }
      read(door, at: address, effective)
      accesses[door.keyPath] = access(of: door, at: address, effective)
    }
  }

  /// Finds out where a bridge or a door is; nil for one that cannot be there, which was told.
  private mutating func place(
    _ setting: some ListeningSetting,
    _ sockets: LentSockets,
    _ effective: EffectiveConfiguration
  ) -> PeerAddress? {
    do throws(ChannelError) {
      let address = try sockets.address(of: setting)
      addresses[setting.keyPath] = address
      return address
    } catch {
      refuse("\(error.path): \(error.what)", setting.keyPath, "listen", effective, hint: error.hint)
      return nil
    }
  }

  private static func stamps(of configuration: Configuration) -> [String: FileStamp] {
    let named = configuration.bridges.map { ($0.files, $0.token) } + configuration.doors.map { ($0.files, $0.tokens) }
    var stamps: [String: FileStamp] = [:]
    for (files, secret) in named {
      for path in [files.certificates, files.key, files.authorities, secret].compactMap(\.self) {
        guard let place = WholePath.of(path), let cut = place.lastIndex(of: "/") else { continue }
        let name = String(place[cut...].dropFirst())
        stamps[path] = (try? Directory.open("\(place[..<cut])/.").facts(of: name)).flatMap(\.self)?.stamp
      }
    }
    return stamps
  }

  /// The files that are others than they were, or were not there.
  func filesChanged(since former: ConnectionMaterial) -> [String] {
    stamps.filter { former.stamps[$0.key] != $0.value }.keys.sorted()
  }

  /// Where a bridge or a door is, which may have been given its socket.
  func address(of setting: some ListeningSetting) -> PeerAddress {
    guard let address = addresses[setting.keyPath] else { preconditionFailure("it was found for each of them") }
    return address
  }

  func security(of setting: some ListeningSetting) -> TLSContext? { securities[setting.keyPath] }

  /// What a bridge says of itself where it comes to a WebSocket. A door keeps events by its name, so that it can take them over
  /// one by one.
  func introduction(of bridge: BridgeSetting) -> PeerIntroduction {
    PeerIntroduction(token: tokens[bridge.keyPath], reader: bridge.acknowledgement == .peer ? bridge.name : nil)
  }

  func access(of door: DoorSetting) -> DoorAccess {
    guard let access = accesses[door.keyPath] else { preconditionFailure("it was read for each door") }
    return access
  }

  private mutating func read(
    _ setting: some ListeningSetting,
    at address: PeerAddress,
    _ effective: EffectiveConfiguration
  ) {
    let (key, files) = (setting.keyPath, setting.files)
    let named = [("cert", files.certificates), ("key", files.key), ("ca", files.authorities)]
    do {
      if let settings = try files.settings(for: address, isListening: setting.isListening) {
        let security = try TLSContext(settings)
        securities[key] = security
        if let fault = security.ownFault, let file = files.certificates {
          flaws.append(problem("\(file): \(fault)", key, "cert", effective, hint: "`transom reload` takes the new one"))
        }
      }
    } catch let error as TLSSettingsError {
      let word = named.first { $0.1 == error.file }?.0 ?? "cert"
      refuse("\(error)", key, word, effective)
      // It tells of the first alone.
      for (other, file) in named where other != word {
        if let file, WholePath.of(file) == nil { refuse("\(file): there is no such file", key, other, effective) }
      }
    } catch {
      refuse("\(error)", key, "cert", effective)
    }
  }

  /// Nil for one whose files cannot be used, which was told.
  private mutating func access(
    of door: DoorSetting,
    at address: PeerAddress,
    _ effective: EffectiveConfiguration
  ) -> DoorAccess? {
    do {
      let hosts =
        address.host == nil ? nil : try HostRule(listing: door.hosts, isLoopbackOnly: address.endpoint.isLocal)
      return DoorAccess(
        tokens: try door.tokens.map(AccessTokens.read),
        policy: try Self.policy(of: door),
        origins: try OriginRule(listing: door.origins, isSecure: address.isSecure),
        hosts: hosts
      )
    } catch {
      refuse("\(error)", door.keyPath, error is AccessTokenFileError ? "tokens" : "listen", effective)
      return nil
    }
  }

  private static func policy(of door: DoorSetting) throws(AccessRule.Fault) -> AccessPolicy {
    if !door.rules.isEmpty {
      return AccessPolicy(try door.rules.map { rule throws(AccessRule.Fault) in try rule.rule() })
    }
    // Whom TLS lets in has shown a certificate there.
    return AccessPolicy(door.tokens == nil ? .open : .token)
  }

  /// Notes what is wrong with what a table names under a word.
  private mutating func refuse(
    _ what: String,
    _ key: String,
    _ word: String,
    _ effective: EffectiveConfiguration,
    hint: String = "mend that file, or name another one"
  ) {
    problems.append(problem(what, key, word, effective, hint: hint))
  }

  private func problem(
    _ what: String,
    _ key: String,
    _ word: String,
    _ effective: EffectiveConfiguration,
    hint: String
  ) -> ConfigurationProblem {
    // "door.web" is a key path; people say "door web".
    let whom = key.split(separator: ".", maxSplits: 1).joined(separator: " ")
    return effective.problem(at: "\(key).\(word)", "\(word) of \(whom): \(what)", hint: hint)
  }
}
