// How long to wait before the next try.

/// Growing pauses between tries, with jitter; when to give up is the caller's deadline.
package struct Backoff: Hashable, Sendable {
  private let first: Duration
  private let longest: Duration
  /// Tries before the first pause: somebody who is about to let go needs less time than a sleep takes.
  private let spins: Int
  /// After so many tries `resting` is waited instead.
  private let resting: Duration
  private let triesBeforeResting: Int
  private var count = 0

  package init(
    first: Duration,
    longest: Duration,
    spins: Int = 0,
    resting: Duration? = nil,
    triesBeforeResting: Int = .max
  ) {
    self.first = first
    self.longest = longest
    self.spins = spins
    self.resting = resting ?? longest
    self.triesBeforeResting = triesBeforeResting
  }

  /// Between tries for a flock: held for the length of a few system calls.
  package static let flock = Backoff(first: .microseconds(20), longest: .milliseconds(1), spins: 4)

  /// Between tries for a window's lock, which a 1.0 peer may hold for five seconds.
  package static let windowLock = Backoff(
    first: .microseconds(20),
    longest: .milliseconds(1),
    spins: 4,
    resting: .milliseconds(5),
    triesBeforeResting: 40
  )

  /// The pause before the next try. `jitter` is any number; a quarter of the pause is moved by it, so that contenders
  /// who began together do not stay together.
  package mutating func next(jitter: UInt64) -> Duration {
    defer { count += 1 }
    guard count >= spins else { return .zero }
    guard count < triesBeforeResting else { return Self.vary(resting, by: jitter) }
    let doublings = min(count - spins, 40)
    return Self.vary(min(first * (1 << doublings), longest), by: jitter)
  }

  private static func vary(_ pause: Duration, by jitter: UInt64) -> Duration {
    let quarter = pause.wholeNanoseconds / 4
    guard quarter > 0 else { return pause }
    return pause - .nanoseconds(Int64(clamping: jitter % quarter))
  }
}
