// Showing what a sender that died has left unshown.

/// Says when somebody else's message has waited so long to be shown that its sender must be gone.
package struct ProjectionSweep: Sendable {
  /// A sender shows its own message at once: sooner than this it is only in the midst of it.
  package static let patience: Duration = .milliseconds(20)

  package enum Verdict: Hashable, Sendable {
    /// Everything is shown.
    case settled
    case lookAgain(at: Moment)
    case project
  }

  /// What was the journal's end when it was first seen to be ahead of the window.
  private var owed: (end: JournalPlace, since: Moment)?

  package init() {}

  /// Takes a look: where the journal ends, and up to where a window that matches its `projected` shows it; nil when none
  /// does. `jitter` is any number: several that sweep do not begin together.
  package mutating func saw(
    end: JournalPlace,
    shown: JournalPlace?,
    at now: Moment,
    jitter: UInt64
  ) -> Verdict {
    if let shown, shown >= end {
      owed = nil
      return .settled
    }
    // What was owed then is shown by now, though others have come: their senders are at work.
    if let known = owed, let shown, shown >= known.end { owed = nil }
    guard let known = owed else {
      owed = (end, now)
      return .lookAgain(at: now.advanced(by: Self.pause(jitter)))
    }
    guard now.duration(since: known.since) >= Self.patience else {
      return .lookAgain(at: known.since.advanced(by: Self.pause(jitter)))
    }
    owed = nil
    return .project
  }

  private static func pause(_ jitter: UInt64) -> Duration {
    let patience = Self.patience.wholeNanoseconds
    return Self.patience + .nanoseconds(Int64(clamping: jitter % (patience / 2)))
  }
}
