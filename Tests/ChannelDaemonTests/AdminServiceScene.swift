// A daemon that answers what a test tells it to.

import ChannelAdmin
import ChannelDaemon
import ChannelModel
import ChannelSockets
import LinuxIO
import Synchronization
import TestSupport
import Transom

/// A double of the daemon with an admin socket.
actor AnsweringDouble: DaemonAnswering {
  typealias Answer = @Sendable (AdminRequest) async throws(ChannelError) -> AdminAnswer

  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  private let answering: Answer
  private var service: AdminService?
  private(set) var requests: [AdminRequest] = []
  /// What was written into the log.
  nonisolated let said = Lines()

  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  init(on loop: Loop, _ answering: @escaping Answer) {
    self.loop = loop
    self.answering = answering
  }

  func listen(
    at path: String,
    permissions: UInt32 = 0o600,
    limits: AdminLimits = AdminLimits(),
    users: Set<UInt32> = [ProcessUser.number, 0]
  ) throws {
    let said = self.said
    let log = try DaemonLog(
      LogSetting(),
      isTerminal: true,
      clock: { WallTime(nanoseconds: 0) },
      write: { said.add($0) }
    )
    service = try AdminService(
      at: .path(path, permissions: permissions),
      limits: limits,
      users: users,
      on: loop,
      log: log,
      self
    )
  }

  func answer(_ request: AdminRequest) async throws(ChannelError) -> AdminAnswer {
    requests.append(request)
    return try await answering(request)
  }

  var connectionCount: Int { service?.connectionCount ?? 0 }

  func close() {
    service?.close()
    service = nil
  }
}

/// Runs a test's body with a double that listens at a path.
func withAnsweringDouble(
  limits: AdminLimits = AdminLimits(),
  users: Set<UInt32> = [ProcessUser.number, 0],
  permissions: UInt32 = 0o600,
  _ answering: @escaping AnsweringDouble.Answer = { request throws(ChannelError) in
    .configuration(String(decoding: request.encode(), as: UTF8.self))
  },
  _ body: (AnsweringDouble, String) async throws -> Void
) async throws {
  try await withScratchDirectory { folder in
    try await withLoop { loop in
      let daemon = AnsweringDouble(on: loop, answering)
      try await daemon.listen(at: folder + "/socket", permissions: permissions, limits: limits, users: users)
      do {
        try await body(daemon, folder + "/socket")
      } catch {
        await daemon.close()
        throw error
      }
      await daemon.close()
    }
  }
}
