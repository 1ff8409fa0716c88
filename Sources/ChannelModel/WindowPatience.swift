// How long a window may be half written.

/// Says how long to wait for a window that cannot be read as it is: a peer that writes in place may be half way.
package struct WindowPatience: Hashable, Sendable {
  /// What a look found.
  package enum Sight: Hashable, Sendable {
    case readable
    /// No bytes, or only white space.
    case blank
    case torn
  }

  package enum Verdict: Hashable, Sendable {
    case settled
    /// Look again after this long, or at the next notice; hold no lock meanwhile.
    case wait(Duration)
    /// It stays empty: that was a clear.
    case cleared
    /// It stays torn: keep its bytes in quarantine, report it, and let senders publish over it.
    case malformed
    /// Power was lost since it was written: what cannot be read counts as no elements, which is no clear.
    case lost
  }

  package static let forBlank: Duration = .milliseconds(20)
  package static let forTorn: Duration = .seconds(1)

  private var state: FileState?
  private var since = Moment(nanoseconds: 0)

  package init() {}

  /// Takes a look; the clock runs anew whenever the file changed in between.
  ///
  /// `isFromAnotherBoot`: the window was last published under another boot, and nobody has written it since.
  package mutating func saw(
    _ sight: Sight,
    state current: FileState,
    at now: Moment,
    isFromAnotherBoot: Bool = false
  ) -> Verdict {
    guard sight != .readable else {
      state = nil
      return .settled
    }
    guard !isFromAnotherBoot else { return .lost }
    if state != current {
      state = current
      since = now
    }
    let limit = sight == .blank ? Self.forBlank : Self.forTorn
    let waited = now.duration(since: since)
    guard waited >= limit else { return .wait(limit - waited) }
    return sight == .blank ? .cleared : .malformed
  }
}
