// What a process has yet to do for one window.

internal import ChannelModel

/// Which looks at a window are scheduled and what it owes, so that nothing is scheduled twice.
struct WindowDuties {
  /// When it is looked at again for what 1.0 programs wrote.
  private var nextLook: Moment?
  /// Since when somebody has been about to change it.
  private var changingSince: Moment?
  /// Whether a look is scheduled at what others should have shown.
  private var isTended = false
  private var sweep = ProjectionSweep()
  /// When something that was sent is shown at the latest; nil where nothing is.
  private var owes: Moment?

  /// After so long somebody who is about to change it must be stopped, or waits himself.
  static let changePatience = Duration.milliseconds(2)
  /// What began longer ago was another change.
  static let changeMemory = Duration.milliseconds(100)

  // MARK: Looking

  /// Whether a look is to be scheduled for then: none is that comes as soon.
  mutating func plansLook(at moment: Moment) -> Bool {
    if let nextLook, nextLook <= moment { return false }
    nextLook = moment
    return true
  }

  /// The look of that moment is taken.
  mutating func looks(at moment: Moment) {
    if nextLook == moment { nextLook = nil }
  }

  /// Whether somebody has been about to change the window for so long that what is in it is taken in all the same.
  mutating func hasWaited(at now: Moment) -> Bool {
    if let changingSince, now.duration(since: changingSince) < Self.changeMemory {
      return now.duration(since: changingSince) >= Self.changePatience
    }
    changingSince = now
    return false
  }

  // MARK: Tending

  /// Whether a look at what others owe is to be scheduled: there is one at a time.
  mutating func plansTending() -> Bool {
    defer { isTended = true }
    return !isTended
  }

  mutating func tends() {
    isTended = false
  }

  /// What is to be done for a journal that ends there and is shown up to there.
  mutating func judge(end: JournalPlace, shown: JournalPlace?, at now: Moment, jitter: UInt64)
    -> ProjectionSweep.Verdict
  {
    sweep.saw(end: end, shown: shown, at: now, jitter: jitter)
  }

  // MARK: Showing

  /// Whether showing is to be scheduled for then: none is that comes as soon.
  mutating func plansShowing(at moment: Moment) -> Bool {
    if let owes, owes <= moment { return false }
    owes = moment
    return true
  }

  /// Whether something is owed, which is shown now.
  mutating func pays() -> Bool {
    defer { owes = nil }
    return owes != nil
  }
}
