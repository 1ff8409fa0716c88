// What transom bridge does.

internal import ChannelBridge
package import ChannelCommands
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import Synchronization
internal import Transom

/// Makes a bridge of what a command line asks for, and keeps it until it is told to end.
package enum BridgeCommand {
  package static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let address = try PeerAddress(written: invocation.operand(.url))
    if address.isDoor, !invocation.has(.listen) {
      throw UsageError("browsers and services come to \(address), and nothing of ours goes there", hint: "add --listen")
    }
    if address.isWebSocket, invocation.has(.listen) {
      let hint = "write http://HOST:PORT: there others open it by /channels/NAME/socket"
      throw UsageError("one listens for a WebSocket by a door", hint: hint)
    }
    if !address.endpoint.isListenable, invocation.has(.listen) {
      throw UsageError("nobody else can come by \(address)", hint: "leave --listen out")
    }
    if invocation.has(.connections), invocation.has(.listen) || !address.endpoint.takesSeveral {
      throw UsageError(
        "several connections cannot lead to \(address)\(invocation.has(.listen) ? " from here" : "")",
        hint: invocation.has(.listen) ? "write --peers: so many may come" : "leave --connections out"
      )
    }
    for option in [Option.Name.ack, .name] where address.isDoor && invocation.has(option) {
      let hint = "leave it out: whoever comes there says under which name events are kept, and acknowledges each"
      throw UsageError("--\(option.rawValue) means nothing at a door", hint: hint)
    }
    let isGuarded = address.isGuarded(byCertificates: invocation.has(.ca), byTokens: invocation.has(.token))
    if invocation.has(.listen), !isGuarded, !invocation.has(.unprotected) {
      let hint = "listen at 127.0.0.1, [::1] or a Unix socket, or by tls: with --ca; --unprotected if you mean it"
      throw UsageError("anybody could connect at \(address), and nothing protects the channel", hint: hint)
    }
    let security = try BridgeSecurity.context(invocation, address)
    let access = try BridgeSecurity.access(invocation, address)
    let route = try route(invocation, to: address)
    var introduction = PeerIntroduction(token: try BridgeSecurity.token(invocation, address, around))
    // A door keeps events by this name, and only so they can be acknowledged one by one.
    if route.acknowledgement == .peer { introduction.reader = route.name }
    let introduced = introduction
    let side = invocation.side ?? .backend
    let trouble = try LastingTrouble(around)
    // Both live as long as the program.
    let running = Mutex<RunningBridge?>(nil)
    let most = invocation.count(.peers) ?? 100
    let manner: Bridge.Manner =
      invocation.has(.listen) ? .listening(most: most) : .connecting
    around.interruption.beforeEnd {
      guard let bridge = running.withLock({ $0 }) else { return }
      Blocking.wait { await bridge.end() }
    }
    let watcher = try Watcher.shared()
    Task.detached {
      do {
        // It drives the watcher before a channel is opened.
        let place = try await BridgeLoop(driving: watcher)
        let channel = try invocation.openChannel(as: side) { trouble.tell($0) }
        try channel.checkMayWrite("to answer")
        let told: @Sendable (BridgeNotice) -> Void = { notice in
          if case .over(let words) = notice { return trouble.end(with: BridgeEnd(of: address, words)) }
          tell(notice, around)
        }
        let bridge =
          address.isDoor
          ? Bridge(route, fromDoorsTo: channel, on: place.loop, told: told)
          : Bridge(
            route,
            between: channel,
            and: address,
            manner,
            securedBy: security,
            introducing: introduced,
            on: place.loop,
            told: told
          )
        var door: Door?
        if address.isDoor {
          let name = WholePath.of(channel.path)?.split(separator: "/").last.map(String.init) ?? ""
          let channels = LoneChannel(bridge, named: name)
          door = Door(
            at: address,
            securedBy: security,
            to: channels,
            letting: access,
            connections: most,
            on: place.loop
          ) { tell($0, around) }
        }
        running.withLock { $0 = RunningBridge(bridge, door, place) }
        try await bridge.begin()
        try await door?.begin()
        trouble.begin()
      } catch {
        trouble.end(with: error)
      }
    }
    let error = trouble.wait()
    around.interruption.parkIfEnding()
    if let bridge = running.withLock({ $0 }) { Blocking.wait { await bridge.end() } }
    if let end = error as? BridgeEnd {
      guard let words = end.words else { return 0 }
      throw ChannelError.lost(end.address, words)
    }
    throw error
  }

  private static func tell(_ notice: some Notice, _ around: Surroundings) {
    if notice.isTrouble { around.warn("\(notice)") } else { around.say("\(notice)") }
  }

  private static func route(_ invocation: Invocation, to address: PeerAddress) throws(UsageError) -> Route {
    let name = invocation.text(.name) ?? "socket"
    var route = Route(named: name)
    guard (try? ReaderName(route.readerName)) != nil else {
      throw UsageError("\"\(name)\" is no name for a bridge", hint: "use letters, digits, . _ and -")
    }
    route.wire = address.wire
    route.outward = try crossing(invocation.texts(.out))
    route.inward = try crossing(invocation.texts(.in))
    route.acknowledgement = invocation.text(.ack).flatMap(Route.Acknowledgement.init) ?? .written
    route.answeringTime = invocation.duration(.timeout) ?? .seconds(30)
    route.connections = invocation.count(.connections) ?? 1
    route.connectingTime = min(route.connectingTime, route.answeringTime)
    return route
  }

  private static func crossing(_ texts: [String]) throws(UsageError) -> Crossing {
    if texts.isEmpty { return Crossing() }
    var names: [NameMapping] = []
    for text in texts {
      do throws(NameMapping.Fault) {
        names.append(try NameMapping(text))
      } catch {
        throw UsageError("\"\(text)\" is no pattern", hint: "\(error)")
      }
    }
    return Crossing(requests: names, events: names)
  }
}
