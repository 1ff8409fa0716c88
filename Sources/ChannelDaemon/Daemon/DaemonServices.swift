// Where others on this machine ask the daemon.

internal import ChannelSockets
internal import LinuxIO
internal import Transom

/// The daemon's admin socket and, where they are wanted, its metrics. It lives on the daemon's loop.
final class DaemonServices {
  private let admin: AdminService
  private let metrics: MetricsService?

  /// Listens from here on; at descriptors of these names, where a supervisor has opened them.
  init(
    for daemon: Daemon,
    _ configuration: Configuration,
    _ activated: ActivatedDescriptors,
    log: DaemonLog
  ) throws(ChannelError) {
    var activated = activated
    func endpoint(_ name: String, else other: Endpoint) -> Endpoint {
      if let descriptor = activated.take(name) { .descriptor(descriptor.release(), isLent: false) } else { other }
    }
    let adminPlace = endpoint("admin", else: .path(configuration.admin))
    if case .path(let path, _) = adminPlace, let cut = path.lastIndex(of: "/"), cut > path.startIndex {
      _ = try OwnFolder.openOrMake(String(path[..<cut]))
    }
    do throws(SystemError) {
      admin = try AdminService(at: adminPlace, on: daemon.loop, log: log, daemon)
    } catch {
      throw Self.cannotListen(at: adminPlace, error, key: "admin.socket")
    }
    guard let place = configuration.metrics else {
      metrics = nil
      return
    }
    let metricsPlace = endpoint("metrics", else: place.endpoint)
    let service = MetricsService(at: metricsPlace, on: daemon.loop, asking: daemon) { log.say($0, .daemon, $1) }
    do throws(SystemError) {
      // Not a call that throws: those lose the type of what they throw.
      let started = service.assumeIsolated { service in
        Result { () throws(SystemError) in try service.start() }
      }
      try started.get()
    } catch {
      admin.close()
      throw Self.cannotListen(at: metricsPlace, error, key: "metrics")
    }
    metrics = service
  }

  private static func cannotListen(at place: Endpoint, _ error: SystemError, key: String) -> ChannelError {
    var port: UInt16?
    if case .tcp(_, let number) = place { port = number }
    let fault = PlaceFault(listening: error, atPort: port)
    let hint = "\(fault.map { "\($0.remedy), or " } ?? "")choose another place as \(key)"
    return ChannelError(.system, at: "\(place)", fault?.what ?? error.what, hint: hint)
  }

  /// Listens no more, and breaks off what is under way.
  func close() {
    admin.close()
    metrics?.assumeIsolated { $0.stop() }
  }
}
