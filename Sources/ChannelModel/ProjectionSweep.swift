// Showing what a sender that died has left unshown.

/// Says when somebody else's message has waited so long to be shown that its sender must be gone.
package struct ProjectionSweep: Hashable, Sendable {
  /// A sender shows its own message at once: sooner than this it is only in the midst of it.
  package static let patience: Duration = .milliseconds(20)

  private var owedSince: Moment?

  package init() {}

  /// Takes a look: the journal's last message, and what a window that matches its `projected` shows it up to.
  ///
  /// Returns when to look again and project if it is still owed; nil when nothing is. `jitter` is any number: several that
  /// sweep do not begin together.
  package mutating func saw(
    last: SequenceNumber,
    shown: SequenceNumber,
    at now: Moment,
    jitter: UInt64
  ) -> Moment? {
    guard last > shown else {
      owedSince = nil
      return nil
    }
    let since = owedSince ?? now
    owedSince = since
    let patience = Self.patience.wholeNanoseconds
    return since.advanced(by: Self.patience + .nanoseconds(Int64(clamping: jitter % (patience / 2))))
  }
}
