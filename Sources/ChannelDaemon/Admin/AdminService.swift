// The daemon's end of the socket by which the command talks to it.

internal import ChannelAdmin
package import ChannelSockets
package import LinuxIO
internal import Transom

/// Answers those who connect to the admin socket, as far as they are the daemon's own user or root.
///
/// Each connection's requests are answered in their order, and one is looked at only once the one before was answered. It
/// lives on the loop of the daemon, where nothing of this waits.
package final class AdminService {
  private let loop: Loop
  private let limits: AdminLimits
  private let log: DaemonLog
  private let answering: any DaemonAnswering
  private let users: Set<UInt32>
  private var listener: StreamListener?
  private var connections: [ObjectIdentifier: AdminConnection] = [:]

  /// Listens from here on; to be made, used and let go of on the loop's thread. `users` are those that are answered.
  ///
  /// - Throws: `EADDRINUSE` where another daemon answers.
  package init(
    at endpoint: Endpoint,
    limits: AdminLimits = AdminLimits(),
    users: Set<UInt32> = [ProcessUser.number, 0],
    on loop: Loop,
    log: DaemonLog,
    _ answering: any DaemonAnswering
  ) throws(SystemError) {
    self.loop = loop
    self.limits = limits
    self.users = users
    self.log = log
    self.answering = answering
    let bounds = ListenerLimits(connections: limits.connections, stream: limits.stream)
    listener = try StreamListener(at: endpoint, limits: bounds, on: loop) { [weak self] event in self?.handle(event) }
  }

  /// How many are connected.
  package var connectionCount: Int { connections.count }

  /// Listens no more, and breaks off what is under way.
  package func close() {
    listener?.close()
    listener = nil
    for connection in connections.values { connection.close() }
    connections = [:]
  }

  // MARK: Parts

  private func handle(_ event: ListenerEvent) {
    switch event {
    case .connected(let stream, let peer): take(stream, peer)
    case .refused:
      log.say(.warning, .daemon, "somebody was closed out of the admin socket: as many are connected as may be")
    case .paused(let error): log.say(.warning, .daemon, "the admin socket rests: \(error)")
    }
  }

  private func take(_ stream: ByteStream, _ peer: PeerCredentials?) {
    let user = peer?.user
    let connection = AdminConnection(stream, limits, on: loop, answering) { [weak self] connection in
      self?.connections[ObjectIdentifier(connection)] = nil
    }
    connections[ObjectIdentifier(connection)] = connection
    guard let user, users.contains(user) else {
      let name = user.map { "user \($0)" } ?? "somebody unknown"
      log.say(
        .warning,
        .daemon,
        "\(name) was refused at the admin socket\(peer.map { ", process \($0.process)" } ?? "")"
      )
      let error = ChannelError(
        .refused,
        at: "transomd",
        "\(name) is not answered here",
        hint: "the daemon answers its own user and root"
      )
      return connection.refuse(error)
    }
    connection.begin()
  }
}
