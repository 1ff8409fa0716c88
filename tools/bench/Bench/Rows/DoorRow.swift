// What a door takes of the requests that its loop could answer.

internal import ChannelBridge
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import LinuxIO
internal import TestSupport
internal import Transom

/// Requests over HTTP at a door, which a program of ours answers at the channel, against a server of the same loop that
/// answers each at once with what it was asked.
struct DoorRow: Row {
  static let row = DoorRow()

  let name = "requests over HTTP, \(connections) at once"

  private static let connections = 64
  private static let door = Contender("Transom", RoundTripRow.responder, .holds { try await open($0) })
  private static let echo = Contender("an echo on the same loop", .holds { try await Echo(in: $0) })

  var contenders: [Contender] { [Self.door, Self.echo] }

  func begin(_ number: Int, with bench: Bench) throws -> () throws -> [Figure] {
    { try measure(number, with: bench) }
  }

  private func measure(_ number: Int, with bench: Bench) throws -> [Figure] {
    var held: [WorkerProcess] = []
    var ports: [String] = []
    for (place, contender) in contenders.enumerated() {
      let folder = try bench.memory.newFolder()
      for end in contender.ends.indices {
        held.append(try WorkerProcess(row: number, contender: place, end: end, folder: folder))
      }
      ports.append(RawFiles.read("\(folder)/port") ?? "")
    }
    func load(_ place: Int) throws -> Load {
      try Load.run(
        atPort: ports[place],
        path: "/channels/channel/requests/echo",
        connections: Self.connections,
        seconds: 1
      )
    }
    var loads: [[Load]] = [[], []]
    do {
      for round in 0...bench.effort.rounds {
        for place in contenders.indices {
          let load = try load(place)
          // The first is to warm up.
          if round > 0 { loads[place].append(load) }
        }
      }
    } catch let skipped as Skipped {
      bench.remark("\(name): \(skipped.reason)")
      return []
    }
    withExtendedLifetime(held) {}
    return figures(loads)
  }

  private func figures(_ loads: [[Load]]) -> [Figure] {
    func figure(_ row: String, _ unit: Unit, _ value: (Load) -> Double, _ target: Target? = nil) -> Figure {
      Figure(
        row: row,
        value: loads[0].map(value).median,
        unit: unit,
        contender: contenders[1].name,
        other: loads[1].map(value).median,
        ratio: zip(loads[0], loads[1]).map { value($0) / value($1) }.median,
        target: target
      )
    }
    return [
      figure(name, .requestsPerSecond, \.requestsPerSecond, .ratio(atLeast: 0.4)),
      figure("… half of them within", .microseconds, \.half),
      figure("… 99 of 100 within", .microseconds, \.ofHundred99),
      figure("… 999 of 1,000 within", .microseconds, \.ofThousand999),
    ]
  }

  /// A door as `transom bridge` opens it.
  private static func open(_ place: Place) async throws -> any Sendable {
    let home = try await BridgeLoop(driving: try Watcher.shared())
    let channel = try Channel(at: "\(place.folder)/channel", as: .frontend)
    let address = try PeerAddress("http://127.0.0.1:0")
    let bridge = Bridge(Route(named: "bench"), between: channel, and: address, .handed, on: home.loop) { _ in }
    let access = DoorAccess(
      tokens: nil,
      policy: AccessPolicy(.open),
      origins: try OriginRule(listing: [], isSecure: false),
      hosts: try HostRule(isLoopbackOnly: true)
    )
    let door = Door(at: address, to: LoneChannel(bridge, named: "channel"), letting: access, on: home.loop) { _ in }
    try await bridge.begin()
    try await door.begin()
    tell(await door.port, in: place)
    return (home, bridge, door)
  }

  private static func tell(_ port: UInt16?, in place: Place) {
    RawFiles.write("\(port ?? 0)", to: "\(place.folder)/port")
  }

  /// The server of a door, which answers with what it was asked.
  private actor Echo {
    nonisolated let loop: Loop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private var server: HTTPServer?

    init(in place: Place) async throws {
      loop = try Loop.start("echo")
      DoorRow.tell(try begin(), in: place)
    }

    private func begin() throws -> UInt16? {
      server = try HTTPServer(
        at: .tcp(host: "127.0.0.1", port: 0),
        on: loop,
        limits: HTTPServerLimits(
          connections: 1_024,
          body: 1 << 20,
          stream: StreamLimits(highWater: 1 << 20, lowWater: 0)
        )
      ) { [weak self] event in self?.assumeIsolated { $0.meet(event) } }
      return server?.port
    }

    private func meet(_ event: HTTPServer.Event) {
      guard case .request(let request, _, let number) = event else { return }
      server?.answer(number, HTTPResponse(.ok, .json, request.body))
    }
  }
}
