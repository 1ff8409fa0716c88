// Leaving alone who fails.

/// Keeps requests from somebody who has failed often in a row, so that nobody waits for what will fail as well, and he has time
/// to recover. After a pause one may go there again, and decides.
package struct CircuitBreaker: Hashable, Sendable {
  private enum State: Hashable {
    /// So many have failed since the last success.
    case closed(failures: Int)
    case open(until: Moment)
    /// One is there, and nobody else goes until it is known what becomes of it.
    case trying
  }

  private let limit: Int
  private let pause: Duration
  private var state = State.closed(failures: 0)

  /// Opens after so many failures in a row, one at least, for so long.
  package init(after limit: Int, for pause: Duration) {
    precondition(limit > 0, "nobody is left alone who has not failed")
    self.limit = limit
    self.pause = pause
  }

  /// Whether a request may go there now.
  package func admits(at now: Moment) -> Bool {
    switch state {
    case .closed: true
    case .open(let until): until <= now
    case .trying: false
    }
  }

  /// A request goes there.
  package mutating func begins() {
    if case .open = state { state = .trying }
  }

  package mutating func succeeded() { state = .closed(failures: 0) }

  package mutating func failed(at now: Moment) {
    switch state {
    case .closed(let failures) where failures + 1 < limit: state = .closed(failures: failures + 1)
    case .closed, .trying: state = .open(until: now.advanced(by: pause))
    // One that was sent before.
    case .open: break
    }
  }
}
