// transom bridge

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import Synchronization
internal import Transom

enum BridgeVerb: VerbProgram {
  static let name = Verb.Name.bridge
  static let row = Verb(
    .bridge,
    "join a channel and a socket",
    examples: [
      Verb.Example(
        "transom bridge /dev/shm/demo tcp:127.0.0.1:7000",
        "what the frontend asks and tells goes to whoever listens there"
      ),
      Verb.Example(
        "transom bridge /dev/shm/demo unix:/run/demo.sock --listen",
        "others connect, and are the backend together"
      ),
      Verb.Example(
        "transom bridge /dev/shm/demo unix:@demo --listen --in 'db.* -> store.{1}'",
        "others ask and tell only this, and the channel gets it by other names"
      ),
    ],
    operands: [
      .directory, Operand(.url, .text, "the other end: unix:PATH, unix:@NAME, tcp:HOST:PORT or tls:HOST:PORT"),
    ],
    options: [
      Option(.listen, short: "l", .none, "listen there, in place of connecting again and again"),
      Option(.peers, .count(1...10_000), standard: "100", "with --listen: let in so many at once"),
      Option(
        .unprotected,
        .none,
        "with --listen: also where other machines can connect, though nobody is asked who he is"
      ),
      Option(
        .cert,
        .text("FILE"),
        "for tls: the own certificate and those that lead to it, in PEM; to listen one is needed"
      ),
      Option(.key, .text("FILE"), "the key of that certificate"),
      Option(
        .ca,
        .text("FILE"),
        "for tls: who is believed about the other end [default: connecting, whom the system trusts; listening, anybody is let in]"
      ),
      .side("backend"),
      Option(
        .out,
        .text("PATTERN"),
        isRepeatable: true,
        "only these methods and events of the channel; * stands for anything, PATTERN -> NAME renames [default: *]"
      ),
      Option(
        .in,
        .text("PATTERN"),
        isRepeatable: true,
        "only these methods and events of the other end; as with --out [default: *]"
      ),
      Option(
        .ack,
        .choice(Route.Acknowledgement.allCases.map(\.rawValue)),
        standard: "written",
        "when an event is done with: its bytes are out, or the other end has said so"
      ),
      Option(
        .name,
        .text("NAME"),
        standard: "socket",
        "the bridge's name: under it events are kept while nobody is connected"
      ),
      Option(.timeout, short: "t", .duration, standard: "30s", "wait so long for an answer"),
      .quiet,
    ],
    notes: [
      "The bridge is one side of the channel, and whoever is at the other end of the socket takes its place. Each line there is one message: {\"id\": \"1\", \"type\": \"request\", \"method\": \"sum\", \"payload\": [1, 2]}, answered by {\"type\": \"response\", \"reply_to\": \"1\", \"payload\": 3}; \"id\", \"timestamp\" and \"payload\" may be left out.",
      "Of several who are connected the one with the fewest requests to answer gets the next, and all get the events of the time in which they are there. Who is connected to gets those that were sent meanwhile too. With --ack peer an event is kept for him, and told again after a new connection, until a line {\"ack\":\"ID\"} has come, and the same line tells that an event of theirs is in the journal; one that is sent again under its id does not come twice.",
    ]
  )

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let address: PeerAddress
    do throws(PeerAddress.Fault) {
      address = try PeerAddress(invocation.operand(.url))
    } catch {
      throw UsageError("\"\(invocation.operand(.url))\" is no address", hint: "\(error)")
    }
    let isGuarded = address.endpoint.isLocal || address.isSecure && invocation.has(.ca)
    if invocation.has(.listen), !isGuarded, !invocation.has(.unprotected) {
      let hint = "listen at 127.0.0.1, [::1] or a Unix socket, or by tls: with --ca; --unprotected if you mean it"
      throw UsageError("anybody could connect at \(address), and nothing protects the channel", hint: hint)
    }
    let security = try BridgeSecurity.context(invocation, address)
    let route = try route(invocation)
    let side = invocation.side ?? .backend
    let trouble = try LastingTrouble(around)
    // Both live as long as the program.
    let running = Mutex<(bridge: Bridge, place: BridgeLoop)?>(nil)
    let manner: Bridge.Manner =
      invocation.has(.listen) ? .listening(most: invocation.count(.peers) ?? 100) : .connecting
    around.interruption.beforeEnd {
      guard let bridge = running.withLock({ $0?.bridge }) else { return }
      Self.wait { await bridge.end() }
    }
    let watcher = try Watcher.shared()
    Task.detached {
      do {
        // It drives the watcher before a channel is opened.
        let place = try await BridgeLoop(driving: watcher)
        let channel = try invocation.openChannel(as: side) { trouble.tell($0) }
        try channel.checkMayWrite("to answer")
        let bridge = Bridge(route, between: channel, and: address, manner, securedBy: security, on: place.loop) {
          notice in
          if notice.isTrouble { around.warn("\(notice)") } else { around.say("\(notice)") }
        }
        running.withLock { $0 = (bridge, place) }
        try await bridge.begin()
        trouble.begin()
      } catch {
        trouble.end(with: error)
      }
    }
    let error = trouble.wait()
    around.interruption.parkIfEnding()
    if let bridge = running.withLock({ $0?.bridge }) { wait { await bridge.end() } }
    throw error
  }

  private static func route(_ invocation: Invocation) throws(UsageError) -> Route {
    let name = invocation.text(.name) ?? "socket"
    var route = Route(named: name)
    guard (try? ReaderName(route.readerName)) != nil else {
      throw UsageError("\"\(name)\" is no name for a bridge", hint: "use letters, digits, . _ and -")
    }
    route.outward = try crossing(invocation.texts(.out))
    route.inward = try crossing(invocation.texts(.in))
    route.acknowledgement = invocation.text(.ack).flatMap(Route.Acknowledgement.init) ?? .written
    route.answeringTime = invocation.duration(.timeout) ?? .seconds(30)
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

  /// Waits for what is done elsewhere.
  private static func wait(_ body: @escaping @Sendable () async -> Void) {
    let gate = Gate()
    let value = gate.value
    Task.detached {
      await body()
      gate.open(forAll: true)
    }
    gate.wait(while: value, until: nil)
  }
}

extension Verb.Name {
  package static let bridge = Self(rawValue: "bridge")
}
