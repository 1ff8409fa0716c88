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
  private var looked = Duration.zero

  /// Whether to look on. `now` may be of any clock that goes on.
  mutating func goesOn(hasHappened: Bool, at now: Duration) -> Bool {
    if hasHappened {
      if since != nil { patience.paid() }
      since = patience.isWorthTrying() ? now : nil
    } else if let since {
      if now - looked > SpinPatience.crowding {
        patience.wasCrowded()
        self.since = nil
      } else if now - since >= SpinPatience.longest {
        patience.wasVain()
        self.since = nil
      }
    }
    looked = now
    return since != nil
  }

  /// Whoever looks was at work himself for so long since he asked: that nobody took from him.
  mutating func wasBusy(for time: Duration) {
    looked += time
  }
}
