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
    // What comes between two sessions waits in the FIFO, and is not dropped with the last who reads.
    if case .fifos(let input, _) = address.endpoint, heldInput == nil { heldInput = try? Fifo(at: input).openToRead() }
    connector = makeConnector(to: address, introducing: introduction) { $0.came($1) }
  }

  /// Begins to come to the other end, and tells what has come of it.
  func makeConnector(
    to address: PeerAddress,
    introducing introduction: PeerIntroduction,
    _ came: @escaping @Sendable (isolated Bridge, Result<PeerArrival, PeerFailure>) -> Void
  ) -> PeerConnector {
    PeerConnector(
      to: address,
      introducing: introduction,
      securedBy: security,
      limits: Self.limits,
      within: Self.connectingLimit,
      on: loop
    ) { [weak self] result in self?.assumeIsolated { came($0, result) } }
  }

  private func came(_ result: Result<PeerArrival, PeerFailure>) {
    connector = nil
    let failure: PeerFailure
    switch result {
    case .success(let arrival): return welcome(arrival)
    case .failure(let other): failure = other
    }
    // By a further connection it may still answer.
    if peers.isEmpty { breaker?.failed(at: .now) }
    guard isLasting else { return told(.over("\(failure)")) }
    let pause = backoff.next(jitter: .random(in: .min ... .max))
    switch failure {
    case .unreachable(let error): told(.unreachable(place, error, again: pause))
    case .insecure, .refused, .lost: told(.shutOut(place, failure, again: pause))
    }
    connect(after: pause)
  }

  /// Whether somebody may be there again.
  private var isLasting: Bool { address?.endpoint.isLasting ?? true }

  /// How long it waits before it comes again to one whom it has lost, less when the last connection was of some use; nil
  /// where it does not.
  func pauseBeforeAgain() -> Duration? {
    isEnding || !isLasting ? nil : backoff.next(jitter: .random(in: .min ... .max))
  }

  /// Has lost the one it had come to.
  func partFromOther(_ words: String?, again pause: Duration?) {
    guard !isEnding else { return }
    if let pause { connect(after: pause) } else { told(.over(words)) }
  }

  private func connect(after pause: Duration) {
    let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.connect() } }
    retryTimer = timer
    timer.set(after: pause)
  }
}
