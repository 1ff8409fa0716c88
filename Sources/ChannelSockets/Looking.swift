// Whether a loop goes on looking before it sleeps.

internal import LinuxIO

/// Says before each wait of a loop whether to look once more without sleeping, where that has proved worth it.
///
/// A program that answers another one is asked again at once, mostly, and its child that was given work answers soon: who
/// sleeps meanwhile is woken for each, which costs more than the work.
struct Looking {
  private var patience = SpinPatience()
  /// When the last thing happened, while it looks on.
  private var since: Duration?

  /// Whether to look on. `now` may be of any clock that goes on.
  mutating func goesOn(hasHappened: Bool, at now: Duration) -> Bool {
    if hasHappened {
      if since != nil { patience.paid() }
      since = patience.isWorthTrying() ? now : nil
    } else if let since, now - since >= SpinPatience.longest {
      patience.wasVain()
      self.since = nil
    }
    return since != nil
  }

  /// Whoever looks let others have the processor, and has it back after so long: where somebody computes it has not paid,
  /// whatever is found then.
  mutating func gaveWay(for time: Duration) {
    guard time > SpinPatience.crowding else { return }
    patience.wasCrowded()
    since = nil
  }
}
