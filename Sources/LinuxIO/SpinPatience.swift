// Whether to look for a moment longer before going to sleep.

/// To go to sleep and be woken costs more than many looks at a journal, so a thread that may expect an answer at once goes
/// on looking for a moment, and lets others run between the looks: on one processor it is the answerer who runs then.
/// Where that has proved vain it is tried more and more rarely; all the more where others took the processor for long,
/// since a thread that sleeps gets it back sooner than one that gave it away.
package struct SpinPatience: Hashable, Sendable {
  /// For how long: about what going to sleep, on a processor that sleeps as well, and being woken takes.
  package static let longest = Duration.microseconds(30)
  /// A thread that gets the processor back only after so long shares it with one that computes.
  package static let crowding = Duration.microseconds(100)
  /// The most waits that are passed over after a vain one.
  package static let mostSkipped = 256
  /// The same where the processor was taken.
  package static let mostSkippedInACrowd = 4_096

  private var skipped = 1
  private var left = 0

  package init() {}

  /// Asked before each wait.
  package mutating func isWorthTrying() -> Bool {
    if left == 0 { return true }
    left -= 1
    return false
  }

  /// It found something.
  package mutating func paid() {
    skipped = 1
    left = 0
  }

  package mutating func wasVain() {
    skipped = max(skipped, min(skipped * 2, Self.mostSkipped))
    left = skipped
  }

  /// Somebody else had the processor, whether anything was found then or not.
  package mutating func wasCrowded() {
    skipped = min(max(skipped * 8, Self.mostSkipped), Self.mostSkippedInACrowd)
    left = skipped
  }
}
