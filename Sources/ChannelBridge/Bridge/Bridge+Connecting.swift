// Coming to the other end, again and again.

internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import Transom

extension Bridge {
  static let freshBackoff = Backoff(first: .milliseconds(50), longest: .seconds(30))
  private static let connectingLimit = Duration.seconds(10)

  /// Tries to connect; when it fails it is tried again later.
  func connect() {
    guard !isEnding, let address else { return }
    connector = StreamConnector(to: address.endpoint, limits: Self.limits, within: Self.connectingLimit, on: loop) {
      [weak self] result in self?.assumeIsolated { $0.came(result) }
    }
  }

  private func came(_ result: Result<ByteStream, SystemError>) {
    connector = nil
    switch result {
    case .success(let stream): welcome(stream, place)
    case .failure(let error):
      breaker?.failed(at: .now)
      let pause = backoff.next(jitter: .random(in: .min ... .max))
      told(.unreachable(place, error, again: pause))
      connect(after: pause)
    }
  }

  /// Connects again, sooner when the last connection was of some use.
  func connectLater() { connect(after: backoff.next(jitter: .random(in: .min ... .max))) }

  private func connect(after pause: Duration) {
    let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.connect() } }
    retryTimer = timer
    timer.set(after: pause)
  }
}
