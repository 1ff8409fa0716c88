// How many connections lead to one place.

/// Says when one more connection to a place is worth it: when all that there are have something to answer. What answers one
/// after the other on each connection answers several at once then.
package struct ConnectionPool: Hashable, Sendable {
  /// So many there are at most.
  package let most: Int
  /// One that is not the first is closed after it had nothing to answer for so long.
  package let idleTime: Duration
  private var isOpening = false
  private var backoff = Self.freshBackoff
  private var pauseEnd: Moment?

  private static let freshBackoff = Backoff(first: .milliseconds(250), longest: .seconds(60))

  package init(most: Int, idleTime: Duration) {
    precondition(most > 0, "one connection leads there at least")
    self.most = most
    self.idleTime = idleTime
  }

  /// Whether to open one more, beside so many, of which the least busy one has so many requests to answer.
  package func mayOpen(beside count: Int, whichAnswerAtLeast outstanding: Int, at now: Moment) -> Bool {
    !isOpening && outstanding > 0 && count < most && (pauseEnd.map { $0 <= now } ?? true)
  }

  package mutating func opens() { isOpening = true }

  package mutating func opened() {
    isOpening = false
    backoff = Self.freshBackoff
  }

  /// Nobody lets more in, for now; says how long none is tried.
  package mutating func failed(at now: Moment, jitter: UInt64) -> Duration {
    isOpening = false
    let pause = backoff.next(jitter: jitter)
    pauseEnd = now.advanced(by: pause)
    return pause
  }
}
