// So many messages a second.

/// A bucket that fills at a steady rate, of which each message takes one drop.
///
/// It holds a twentieth of a second's worth, unless more is asked for, and one drop at least: messages do not come in
/// bursts, and a loop need not be woken for each single one.
package struct RateLimit: Sendable, Hashable {
  /// Between two drops.
  private let interval: Duration
  /// How far ahead of the steady rate somebody may be.
  private let lead: Duration
  /// When the next one would be taken at a steady rate.
  private var due = Moment(nanoseconds: 0)

  /// So many a second, more than none; as many may come at once as come in the time that it holds.
  package init(perSecond rate: Double, holding time: Duration = .milliseconds(50)) {
    precondition(rate > 0, "a rate of nothing lets nothing through")
    // A hundred years at the most: whole nanoseconds must hold it.
    interval = .nanoseconds(Int64(min((1e9 / rate).rounded(.up), 3.15e18)))
    lead = interval * Int(max(1, min(rate * (time / .seconds(1)), 1e6)) - 1)
  }

  /// Whether as many may come at once as it holds: one that is full is as good as a new one.
  package func isFull(at now: Moment) -> Bool { due <= now }

  /// Takes one, or says how long there is none.
  package mutating func take(at now: Moment) -> Duration? {
    let wait = due.duration(since: now.advanced(by: lead))
    guard wait == .zero else { return wait }
    due = max(due, now).advanced(by: interval)
    return nil
  }
}
