// How many small writes become one.

extension StreamCore {
  /// Leaves what was written for the end of the round: the first of a round goes at once, since it may be the only one.
  func gather() {
    isGathering = true
  }

  /// Something was given to the kernel, and all that was gathered with it.
  func noteGiven() {
    isGathering = false
    guard !hasGiven else { return }
    hasGiven = true
    loop.givers.append(self)
  }

  /// Gives what was gathered, before the loop waits.
  func roundEnds() {
    hasGiven = false
    guard isGathering else { return }
    isGathering = false
    guard !isOver else { return }
    flush()
    conclude()
    attend()
  }

  /// What was gathered is as good as written, whatever comes then.
  func giveGathered() {
    if isGathering, !isOver { _ = give() }
  }
}
