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
    let address = try PeerAddress(written: invocation.operand(.url), isListening: invocation.has(.listen))
    try check(invocation, address)
    let security = try BridgeSecurity.context(invocation, address)
    if let fault = security?.ownFault { around.warn("\(invocation.text(.cert) ?? ""): \(fault)") }
    let access = try BridgeSecurity.access(invocation, address, around)
    let route = try route(invocation, to: address)
    var introduction = PeerIntroduction(token: try BridgeSecurity.token(invocation, address, around))
    // A door keeps events by this name, and only so they can be acknowledged one by one.
    if route.acknowledgement == .peer { introduction.reader = route.name }
    let introduced = introduction
    try address.makeFifos()
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
          around.tell(BridgeAdvice.line(notice, at: address), notice.isTrouble)
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
          ) { around.tell("\($0)", $0.isTrouble) }
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

extension Surroundings {
  fileprivate func tell(_ line: String, _ isTrouble: Bool) {
    if isTrouble { warn(line) } else { say(line) }
  }
}
