// Who started this program as a service, and is to be told how it is.

internal import CLinux
internal import Glibc

/// The supervisor that `NOTIFY_SOCKET` names, as systemd does.
///
/// Each message is one datagram that nobody waits for: what it throws is worth a line of the log and nothing more.
package struct Supervisor: Sendable {
  private let path: String
  /// After how long without ``alive()`` the supervisor takes the program for stuck, and ends it; nil when it does not
  /// watch.
  package let watchdogInterval: Duration?

  /// Nil where nobody wants to be told.
  package init?(_ path: String?, watchdogInterval: Duration? = nil) {
    guard let path, path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
    self.path = path
    self.watchdogInterval = watchdogInterval
  }

  /// The one that the environment of this process tells of; nil where nobody wants to be told.
  package init?(environment: [String: String]) {
    let interval = WatchdogSetting.interval(environment: environment, process: getpid())
    self.init(environment["NOTIFY_SOCKET"], watchdogInterval: interval)
  }

  /// How often ``alive()`` is to be told: twice an interval, so that one that comes late does no harm.
  package var alivePause: Duration? { watchdogInterval.map { $0 / 2 } }

  // MARK: What it is told

  /// The program serves, also again after ``reloading()``.
  package func ready(status: String) throws(SystemError) { try tell(.ready(status: status)) }

  /// A new configuration is being taken over; ``ready(status:)`` has to follow, whatever becomes of it.
  package func reloading() throws(SystemError) {
    try tell(.reloading(sinceBoot: KernelClock.monotonic()))
  }

  /// The program does not hang. To be told from where its work is done, not from a thread that could outlive that.
  package func alive() throws(SystemError) { try tell(.alive) }

  /// The program ends in order.
  package func stopping(status: String) throws(SystemError) { try tell(.stopping(status: status)) }

  private func tell(_ notice: SupervisorNotice) throws(SystemError) {
    let text = notice.lines.joined(separator: "\n")
    _ = try systemCall("sendto", on: path) {
      unsafe path.withCString { path in unsafe text.withCString { unsafe clinux_notify(path, $0, text.utf8.count) } }
    }
  }

  // MARK: What children are not told

  /// The variables that are meant for this process alone: a child that had them could speak in its name.
  package static let variables: Set<String> = [
    "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID",
  ]

  /// An environment for children: its entries, as `NAME=value`, without those variables.
  package static func environmentForChildren(_ entries: [String]) -> [String] {
    entries.filter { !variables.contains(String($0.prefix { $0 != "=" })) }
  }
}
