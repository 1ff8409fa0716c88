// Who tells Prometheus, and whoever watches over programs, how the daemon is.

internal import ChannelAdmin
package import ChannelBridge
package import ChannelSockets
internal import ChannelWires
package import LinuxIO
internal import Transom

/// Serves `/metrics`, `/livez` and `/readyz` on a Unix socket or a port of this machine.
///
/// It lives on the daemon's loop: `/livez` is answered as long as that goes round. Nobody is asked who they are, so nothing
/// that it says is a message's, or a secret.
package actor MetricsService {
  private let endpoint: Endpoint
  private let loop: Loop
  private let daemon: any DaemonAnswering
  private let limits: HTTPServerLimits
  private let log: @Sendable (LogLevel, String) -> Void
  private var server: HTTPServer?

  package init(
    at endpoint: Endpoint,
    on loop: Loop,
    asking daemon: any DaemonAnswering,
    limits: HTTPServerLimits = HTTPServerLimits(),
    log: @escaping @Sendable (LogLevel, String) -> Void
  ) {
    self.endpoint = endpoint
    self.loop = loop
    self.daemon = daemon
    self.limits = limits
    self.log = log
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  /// Listens from here on; throws what keeps it from that.
  package func start() throws(SystemError) {
    server = try HTTPServer(at: endpoint, on: loop, limits: limits) { [weak self] event in
      self?.assumeIsolated { $0.hear(event) }
    }
    log(.info, "metrics are at \(place)")
  }

  /// The port that it listens at; nil of a Unix socket, and before it does.
  package var port: UInt16? { server?.port }

  /// Listens no more, and breaks off what is connected.
  package func stop() {
    server?.close()
    server = nil
  }

  private var place: String {
    port.map { "http://127.0.0.1:\($0)/metrics" } ?? "\(endpoint)"
  }

  // MARK: Answers

  private func hear(_ event: HTTPServer.Event) {
    switch event {
    case .request(let request, _, let number):
      // Not here: what it takes to answer may have to be waited for, and the connection may be gone by then.
      Task {
        let response = await response(to: request)
        server?.answer(number, response)
      }
    case .full:
      log(.warning, "metrics: \(limits.connections) programs are connected, and no more may be; others are closed out")
    case .paused(let error): log(.warning, "metrics: \(place) \(error.what)")
    }
  }

  private func response(to request: HTTPRequest) async -> HTTPResponse {
    guard ["/", "/metrics", "/livez", "/readyz"].contains(request.path) else {
      return HTTPResponse(.notFound, text: "there are only /metrics, /livez and /readyz\n")
    }
    guard request.method == .get || request.method == .head else {
      return HTTPResponse(.methodNotAllowed, text: "there is only GET and HEAD\n", headers: [.allowOnlyReading])
    }
    do throws(ChannelError) {
      return switch request.path {
      case "/metrics": try await metrics()
      case "/livez": HTTPResponse(.ok, text: "ok\n", headers: [.notToBeStored])
      case "/readyz": try await readiness()
      default: HTTPResponse(.ok, text: "/metrics\n/livez\n/readyz\n")
      }
    } catch {
      return HTTPResponse(.unavailable, text: "the daemon does not tell: \(error)\n", headers: [.notToBeStored])
    }
  }

  private func metrics() async throws(ChannelError) -> HTTPResponse {
    let status = try await status()
    guard case .channels(let channels) = try await daemon.answer(.channels(limit: MetricsText.mostChannels)) else {
      return Self.misunderstanding
    }
    guard let status else { return Self.misunderstanding }
    return HTTPResponse(.ok, .metrics, Array(MetricsText.of(status, channels).utf8))
  }

  private func readiness() async throws(ChannelError) -> HTTPResponse {
    guard let status = try await status() else { return Self.misunderstanding }
    let reasons = status.reasonsAgainstReadiness
    return HTTPResponse(
      reasons.isEmpty ? .ok : .unavailable,
      text: reasons.isEmpty ? "ready\n" : reasons.map { HarmlessLine.text($0, longest: 1_000) + "\n" }.joined(),
      headers: [.notToBeStored]
    )
  }

  private func status() async throws(ChannelError) -> DaemonStatus? {
    guard case .status(let status) = try await daemon.answer(.status) else { return nil }
    return status
  }

  private static var misunderstanding: HTTPResponse {
    HTTPResponse(.internalError, text: "the daemon answered something else\n")
  }
}
