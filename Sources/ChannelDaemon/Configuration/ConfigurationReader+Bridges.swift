// The tables of bridges.

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets

extension ConfigurationReader {
  private static let mostPeers = 100_000
  private static let mostConnections = 1_000
  private static let mostAttempts = 1_000_000

  mutating func readBridges(_ entry: TomlNode.Entry) {
    for (entries, position) in tables(entry, written: "[[bridge]]") { readBridge(entries, at: position) }
  }

  private mutating func readBridge(_ entries: [TomlNode.Entry], at position: TomlNode.Position) {
    let found = known(entries, ConfigurationKeys.Bridge.self, in: "[[bridge]]")
    let places = found.filter { $0.key == .connect || $0.key == .listen }
    var address: PeerAddress?
    if let place = places.first { address = self.address(place.entry, isDoor: false) }
    var setting = BridgeSetting(name: "", places.first?.key == .listen ? .listen : .connect, address ?? Self.nowhere)
    for (key, entry) in found { read(key, entry, into: &setting) }
    let nameEntry = found.first { $0.key == .name }?.entry
    let name = checkName(nameEntry, setting.name, of: .bridge, at: position)
    if name == DoorBridge.name {
      let hint = "what comes by doors goes by that name in the channel"
      refuse(nameEntry?.node.position, "a bridge cannot be called \(DoorBridge.name)", hint: hint)
    } else if let name, (try? ReaderName(setting.route.readerName)) == nil {
      refuse(position, "a bridge cannot be called \(name)", hint: "its reader is \(setting.route.readerName)")
    }
    checkPlaces(places.map(\.entry), at: position)
    if address != nil, let place = places.first?.entry { check(setting, at: place.node.position) }
    if name != nil { take(setting, of: .bridge, found.map(\.entry), into: \.bridges) }
  }

  private mutating func read(
    _ key: ConfigurationKeys.Bridge,
    _ entry: TomlNode.Entry,
    into setting: inout BridgeSetting
  ) {
    switch key {
    case .name: setting.name = text(entry.node, entry.key, hint: "write name = \"store\"") ?? ""
    case .connect, .listen: break
    case .channels: setting.channels = texts(entry, example: "\"jobs/*\"") ?? setting.channels
    case .side: setting.side = choice(entry) ?? setting.side
    case .outward: setting.outward = mappings(entry) ?? setting.outward
    case .inward: setting.inward = mappings(entry) ?? setting.inward
    case .acknowledgement: setting.acknowledgement = choice(entry) ?? setting.acknowledgement
    case .timeLimit: setting.timeLimit = duration(entry) ?? setting.timeLimit
    case .peers: setting.peers = count(entry, in: 1...Self.mostPeers) ?? setting.peers
    case .connections: setting.connections = count(entry, in: 1...Self.mostConnections) ?? setting.connections
    case .idleTime: setting.idleTime = duration(entry) ?? setting.idleTime
    case .attempts: setting.attempts = count(entry, in: 1...Self.mostAttempts) ?? setting.attempts
    case .isRepeatable: setting.isRepeatable = truth(entry) ?? setting.isRepeatable
    case .failureLimit: setting.failureLimit = count(entry, in: 1...Self.mostAttempts)
    case .failurePause: setting.failurePause = duration(entry) ?? setting.failurePause
    case .cachedMethods: setting.cachedMethods = texts(entry, example: "\"catalog.*\"", mayBeEmpty: true) ?? []
    case .cacheTime: setting.cacheTime = duration(entry) ?? setting.cacheTime
    case .token: setting.token = path(entry)
    case .certificates: setting.files.certificates = path(entry)
    case .key: setting.files.key = path(entry)
    case .authorities: setting.files.authorities = path(entry)
    case .isUnprotected: setting.isUnprotected = truth(entry) ?? setting.isUnprotected
    }
  }

  private mutating func mappings(_ entry: TomlNode.Entry) -> [NameMapping]? {
    guard let texts = texts(entry, example: "\"db.* -> store.{1}\"", mayBeEmpty: true) else { return nil }
    var mappings: [NameMapping] = []
    for text in texts {
      do throws(NameMapping.Fault) {
        mappings.append(try NameMapping(text))
      } catch {
        refuse(entry.node.position, "\(entry.key) has no pattern in \(TomlText.string(text))", hint: "\(error)")
        return nil
      }
    }
    return mappings
  }

  // MARK: Addresses

  /// Stands for an address that could not be read, until the configuration is refused for that.
  static let nowhere: PeerAddress = {
    guard let address = try? PeerAddress("tcp:localhost:1") else { preconditionFailure("it is an address") }
    return address
  }()

  /// An address, of a door or of a plain stream.
  mutating func address(_ entry: TomlNode.Entry, isDoor: Bool) -> PeerAddress? {
    let example = isDoor ? "http://127.0.0.1:8080" : "tcp:127.0.0.1:7000"
    let hint = "write \(entry.key) = \"\(example)\""
    guard let text = text(entry.node, entry.key, hint: hint) else { return nil }
    guard let whole = wholeAddress(text, entry) else { return nil }
    let address: PeerAddress
    do throws(PeerAddress.Fault) {
      address = try PeerAddress(whole)
    } catch {
      refuse(entry.node.position, "\(entry.key) is no address: \(TomlText.string(text))", hint: "\(error)")
      return nil
    }
    guard address.isDoor == isDoor else {
      let hint = isDoor ? "a door is http: or https:; what is spoken else is a [[bridge]]" : "that is a [[door]]"
      refuse(entry.node.position, "\(entry.key) cannot be \(TomlText.string(text))", hint: hint)
      return nil
    }
    guard address.endpoint != .standard else {
      let hint = "the daemon has none for messages; that is for transom bridge"
      refuse(entry.node.position, "\(entry.key) cannot be \(TomlText.string(text))", hint: hint)
      return nil
    }
    if case .path(let path, _) = address.endpoint {
      guard path.utf8.count <= Self.longestSocketPath else {
        let what = "\(entry.key) is a path of \(path.utf8.count) bytes: \(path)"
        refuse(entry.node.position, what, hint: "the path of a socket has \(Self.longestSocketPath) bytes at most")
        return nil
      }
    }
    return address
  }

  /// The address with paths from the root, as the paths of other keys are read. Nil when one cannot be, which was told.
  private mutating func wholeAddress(_ text: String, _ entry: TomlNode.Entry) -> String? {
    guard let colon = text.firstIndex(of: ":") else { return text }
    let (scheme, rest) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    let words: [Substring]
    switch scheme {
    case "unix" where !rest.isEmpty && !rest.hasPrefix("/") && !rest.hasPrefix("@"): words = [rest[...]]
    // Else it is a host.
    case "http" where ["./", "../", "~/"].contains(where: rest.hasPrefix): words = [rest[...]]
    case "fifo" where !rest.hasPrefix("//"): words = rest.split(separator: ",", omittingEmptySubsequences: false)
    default: return text
    }
    var paths: [String] = []
    for word in words {
      // That something is missing is told of the address.
      guard !word.isEmpty else { return text }
      let node = TomlNode(.string(String(word)), at: entry.node.position)
      guard let path = path(node, "a path of \(entry.key)") else { return nil }
      paths.append(path)
    }
    return "\(scheme):\(paths.joined(separator: ","))"
  }

  private mutating func checkPlaces(_ places: [TomlNode.Entry], at position: TomlNode.Position) {
    if places.isEmpty {
      let hint = "write connect = \"tcp:127.0.0.1:7000\", or listen = \"unix:/run/store.sock\""
      refuse(position, "a bridge leads nowhere", hint: hint)
    } else if places.count > 1 {
      refuse(places[1].position, "a bridge has both connect and listen", hint: "remove one")
    }
  }

  /// What holds between keys.
  private mutating func check(_ setting: BridgeSetting, at position: TomlNode.Position) {
    let isListening = setting.manner == .listen
    check(setting.files, of: setting.address, isListening: isListening, at: position)
    if setting.token != nil, !setting.address.isWebSocket {
      refuse(position, "a token is shown at a WebSocket only", hint: "write ws: or wss:, or leave token out")
    }
    if setting.connections > 1, isListening || !setting.address.endpoint.takesSeveral {
      let hint = isListening ? "so many may come as peers says; leave connections out" : "leave connections out"
      refuse(position, "several connections cannot be made to \(setting.address)", hint: hint)
    }
    guard isListening else { return }
    guard setting.address.endpoint.isListenable, !setting.address.isWebSocket else {
      let hint = "connect there, or listen by a [[door]]"
      return refuse(position, "nobody else can come by \(setting.address)", hint: hint)
    }
    if setting.channels.count != 1 || !MethodPattern(setting.channels[0]).isExact {
      let hint = "name the one channel as channels = [\"NAME\"]; or connect, which each channel does for itself"
      refuse(position, "several channels cannot listen at one place", hint: hint)
    }
    let isGuarded = setting.address.isGuarded(byCertificates: setting.files.authorities != nil)
    if !isGuarded, !setting.isUnprotected { refuseOpen(setting.address, at: position, "tls: with ca") }
  }

  mutating func refuseOpen(_ address: PeerAddress, at position: TomlNode.Position, _ guarded: String) {
    let hint = "listen at 127.0.0.1, [::1] or a Unix socket, or by \(guarded); unprotected = true if you mean it"
    refuse(position, "anybody could come in at \(address)", hint: hint)
  }

  mutating func check(
    _ files: StreamFiles,
    of address: PeerAddress,
    isListening: Bool,
    at position: TomlNode.Position
  ) {
    do throws(StreamFiles.Fault) {
      _ = try files.settings(for: address, isListening: isListening)
    } catch {
      switch error {
      case .nothingToSecure:
        refuse(position, "\(address) has cert, key or ca, and is not secured", hint: address.adviceOnSecuring)
      case .halfCredential:
        refuse(position, "a certificate and its key belong together", hint: "write cert = \"FILE\" and key = \"FILE\"")
      case .noCredential:
        let hint = "write cert = \"FILE\" and key = \"FILE\""
        refuse(position, "who listens at \(address) needs a certificate", hint: hint)
      }
    }
  }
}
