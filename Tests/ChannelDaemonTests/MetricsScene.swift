// What tests of metrics begin with.

internal import ChannelAdmin
import ChannelBridge
internal import ChannelDaemon
internal import ChannelModel
internal import ChannelSockets
internal import Synchronization
internal import TestSupport
internal import Transom

/// A daemon that says what a test wants.
actor PretendedDaemon: DaemonAnswering {
  private var status = DaemonStatus.sample
  private var channels: [ChannelStatus] = []
  private var error: ChannelError?
  private var latch: Latch?
  private(set) var asked: [AdminRequest] = []

  func change(_ body: @Sendable (inout DaemonStatus) -> Void) { body(&status) }
  func change(channels: [ChannelStatus]) { self.channels = channels }
  func fail(_ error: ChannelError) { self.error = error }
  /// From here on it answers only when the latch is open.
  func wait(for latch: Latch) { self.latch = latch }

  func answer(_ request: AdminRequest) async throws(ChannelError) -> AdminAnswer {
    asked.append(request)
    await latch?.passed()
    if let error { throw error }
    switch request {
    case .status: return .status(status)
    case .channels(let limit): return .channels(Array(channels.prefix(limit)))
    default: throw ChannelError(.misuse, at: "", "this is not asked here")
    }
  }
}

/// A service at a port, a daemon behind it, and what was logged.
final class MetricsScene: Sendable {
  let daemon = PretendedDaemon()
  let service: MetricsService
  let port: UInt16
  private let log: LogPage

  final class LogPage: Sendable {
    private let written = Mutex<[String]>([])
    var lines: [String] { written.withLock { $0 } }
    func write(_ line: String) { written.withLock { $0.append(line) } }
  }

  var lines: [String] { log.lines }

  private init(_ limits: HTTPServerLimits, on loop: Loop) async throws {
    let log = LogPage()
    self.log = log
    service = MetricsService(at: .loopback(port: 0), on: loop, asking: daemon, limits: limits) { level, text in
      log.write("\(level.rawValue): \(text)")
    }
    try await service.start()
    port = await service.port ?? 0
  }

  /// Runs a test's body with a service.
  static func with(
    _ limits: HTTPServerLimits = HTTPServerLimits(patience: .seconds(60)),
    _ body: (MetricsScene) async throws -> Void
  ) async throws {
    try await withLoop { loop in
      let scene = try await MetricsScene(limits, on: loop)
      try await body(scene)
      await scene.service.stop()
    }
  }

  /// Asks with one connection, and answers all that comes until its end.
  func ask(_ text: String) async throws -> String {
    let port = port
    return try await ThreadExecutor.run {
      let socket = try RawSocket(port: port)
      try socket.send(text)
      return String(decoding: try socket.receiveAll(), as: UTF8.self)
    }
  }

  func get(_ path: String) async throws -> String {
    try await ask("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
  }
}

extension DaemonStatus {
  /// One in which everything has a figure of its own.
  static var sample: DaemonStatus {
    let loaded = WallTime(milliseconds: 1_700_000_001_500)
    var configuration = Configuration(files: ["/etc/transom/transomd.toml"], loaded: loaded)
    configuration.reloadCount = 2
    configuration.failedReloadCount = 3
    var status = DaemonStatus(
      version: "2.0.0",
      process: 7,
      began: WallTime(milliseconds: 1_700_000_000_000),
      asked: WallTime(milliseconds: 1_700_000_009_000),
      phase: .serving,
      configuration: configuration
    )
    status.roots = [Root("/run/one"), Root("/run/two")]
    status.channels.known = 40
    status.channels.open = 5
    status.channels.troubled = 1
    status.letterCount = 6
    status.lostLogLineCount = 8
    status.residentBytes = 12_345_678
    status.processorTime = .milliseconds(1_250)
    status.descriptorCount = 33
    var handler = HandlerStatus("words", .worker, concurrency: 4)
    handler.running = 1
    handler.waiting = 2
    handler.handled = 1_000
    handler.failed = 10
    handler.postponed = 20
    handler.restarts = 3
    for time in [Duration.microseconds(200), .milliseconds(3), .milliseconds(3), .seconds(90)] {
      handler.times.add(time)
    }
    status.handlers = [handler, HandlerStatus("odd \"name\"\\with\nall", .run, concurrency: 1)]
    var store = BridgeStatus("store", .bridge, place: "tls:store.example.org:7000")
    (store.channelCount, store.connections) = (3, 2)
    (store.requestsOut, store.requestsIn, store.eventsOut, store.eventsIn) = (12, 4, 56, 7)
    (store.dropped, store.refused, store.trouble) = (5, 6, "away")
    var web = BridgeStatus("web", .door, place: "https://0.0.0.0:8443")
    (web.channelCount, web.connections, web.requestsIn, web.refused) = (40, 17, 900, 3)
    status.bridges = [store, web]
    return status
  }
}
