// A daemon that says what a test wants to see shown.

import ChannelAdmin
import ChannelMessages
import ChannelModel
import Synchronization
import TestSupport
import Transom

/// Speaks the protocol of the daemon's socket.
final class DaemonDouble: Sendable {
  typealias Answer = @Sendable (AdminRequest) throws(ChannelError) -> AdminAnswer

  private let server: LineServer
  let socket: String

  init(in folder: String, _ answer: @escaping Answer) throws {
    socket = folder + "/transomd.sock"
    server = try LineServer(at: socket) { line in
      do {
        let answer = try answer(try AdminRequest(decoding: line))
        return AdminAnswerLines(answer).flatMap { $0 + [UInt8(ascii: "\n")] }
      } catch {
        let error = error as? ChannelError ?? ChannelError(.misuse, at: "double", "\(error)")
        return error.line + [UInt8(ascii: "\n")]
      }
    }
  }

  /// What it was asked.
  var requests: [AdminRequest] { server.lines.compactMap { try? AdminRequest(decoding: Array($0.utf8)) } }

  /// Runs a test's body with a folder, the program and a daemon that answers so.
  static func with(
    _ answer: @escaping Answer,
    _ body: (CommandScene, DaemonDouble) throws -> Void
  ) throws {
    try withScratchDirectory { folder in
      try body(CommandScene(folder: folder), try DaemonDouble(in: folder, answer))
    }
  }
}

extension CommandScene {
  /// Runs a verb that asks this daemon; the clock on the wall is that of Greenwich.
  func ask(_ daemon: DaemonDouble, _ words: String...) throws -> Outcome {
    let name = folder + "/errors"
    let script = "export TZ=UTC TRANSOM_SOCKET=\"$0\"; exec \"$@\" 2>'\(name)' </dev/null"
    let (code, output) = try ProcessRun(["sh", "-c", script, daemon.socket, try Self.program] + words).finish()
    return Outcome(code: code, output: output, errors: RawFiles.read(name) ?? "")
  }
}

/// A daemon as tests like to see it.
enum SampleDaemon {
  /// 2026-07-14 09:12:03 at Greenwich.
  static let began = WallTime(milliseconds: 1_784_020_323_000)

  static func time(_ after: Duration) -> WallTime {
    WallTime(nanoseconds: began.nanoseconds + after.wholeNanoseconds)
  }

  static func histogram(_ durations: [Duration]) -> TimeHistogram {
    var times = TimeHistogram()
    for duration in durations { times.add(duration) }
    return times
  }

  static var build: HandlerStatus {
    var handler = HandlerStatus("build", .worker, concurrency: 4)
    handler.running = 1
    handler.waiting = 2
    handler.handled = 1_200
    handler.failed = 3
    handler.postponed = 1
    handler.restarts = 1
    handler.times = histogram(Array(repeating: .milliseconds(4), count: 98) + [.milliseconds(90), .seconds(90)])
    return handler
  }

  static var mail: HandlerStatus { HandlerStatus("mail", .run, concurrency: 1) }

  static var store: BridgeStatus {
    var bridge = BridgeStatus("store", .bridge, place: "tls:store.example.org:7000")
    (bridge.channelCount, bridge.connections) = (3, 2)
    (bridge.requestsOut, bridge.requestsIn, bridge.eventsOut, bridge.eventsIn) = (1_200, 4, 560, 7)
    return bridge
  }

  static var web: BridgeStatus {
    var door = BridgeStatus("web", .door, place: "https://0.0.0.0:8443")
    (door.channelCount, door.connections, door.requestsIn, door.refused) = (120, 17, 9_000, 3)
    return door
  }

  static func status(after uptime: Duration = .seconds(9_000)) -> DaemonStatus {
    var configuration = DaemonStatus.Configuration(
      files: ["/etc/transom/transomd.toml", "/etc/transom/conf.d/10-build.toml"],
      loaded: time(.seconds(1_800))
    )
    configuration.reloadCount = 3
    var status = DaemonStatus(
      version: ProgramVersion.text,
      process: 4_711,
      began: began,
      asked: time(uptime),
      phase: .serving,
      configuration: configuration
    )
    status.roots = [DaemonStatus.Root("/run/user/7/transom"), DaemonStatus.Root("/srv/jobs")]
    status.channels.known = 120
    status.channels.open = 3
    status.handlers = [build, mail]
    status.residentBytes = 29_360_128
    status.processorTime = .milliseconds(13_500)
    status.descriptorCount = 61
    return status
  }

  static var troubled: DaemonStatus {
    var status = status()
    status.configuration.failedReloadCount = 1
    status.configuration.problem =
      "/etc/transom/transomd.toml:3:1: unknown key \"rots\" (did you mean roots?)\n/x:1:1: no"
    status.roots[1] = DaemonStatus.Root("/srv/jobs", trouble: "cannot be opened: Permission denied")
    status.handlers[1].trouble = "its program \u{1B}[31m cannot be started"
    status.channels.troubled = 1
    status.letterCount = 2
    status.lostLogLineCount = 1
    return status
  }

  static func channel(_ name: String, requests: UInt64 = 0) -> ChannelStatus {
    var channel = ChannelStatus(path: "/run/user/7/transom/\(name)", name: name, phase: requests > 0 ? .open : .idle)
    channel.requests = requests
    return channel
  }

  static func letter(_ number: UInt64, at time: WallTime = began) -> DeadLetter {
    DeadLetter(
      number: number,
      channel: "/srv/jobs/a",
      direction: .frontendToBackend,
      id: "0f8fad5b-d9cb-469f-a165-70867728950e",
      sequence: SequenceNumber(12),
      kind: .request,
      method: "build",
      reason: .tooManyAttempts,
      attempts: 5,
      first: DeadLetter.Failure(
        "make ended with status 2",
        at: WallTime(nanoseconds: time.nanoseconds - 60_000_000_000)
      ),
      last: DeadLetter.Failure("make ended with status 1", at: time),
      byteCount: 1_536
    )
  }
}
