// Whether to look for a moment longer before going to sleep.

/// To go to sleep and be woken costs more than many looks at a journal, so a thread that may expect an answer at once goes
/// on looking for a moment, and lets others run between the looks: on one processor it is the answerer who runs then.
/// Where that has proved vain it is tried more and more rarely; all the more where others took the processor for long time
/// and again, since a thread that sleeps gets it back sooner than one that gave it away.
package struct SpinPatience: Hashable, Sendable {
  /// For how long: an answer that passes a third program, as over a bridge, takes 70 us where all of them look and 100
  /// where they sleep on processors that sleep as well. A kernel looks as long before it gives its processor back to a
  /// hypervisor.
  package static let longest = Duration.microseconds(200)
  /// A thread that gets the processor back only after so long shares it with one that computes, and not with one that
  /// deals with a message.
  package static let crowding = Duration.microseconds(400)
  /// The most waits that are passed over after a vain one.
  package static let mostSkipped = 256
  /// The same where the processor was taken. Few are passed over the first time, and eight times as many each further
  /// time: one that is taken now and then by what we do ourselves is not crowded.
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

  /// It found something. That makes up for one time that the processor was taken, and not for all: where somebody
  /// computes something is found now and then as well.
  package mutating func paid() {
    skipped = max(1, skipped / 8)
    left = 0
  }

  package mutating func wasVain() {
    skipped = max(skipped, min(skipped * 2, Self.mostSkipped))
    left = skipped
  }

  /// Somebody else had the processor, whether anything was found then or not.
  package mutating func wasCrowded() {
    skipped = min(skipped * 8, Self.mostSkippedInACrowd)
    left = skipped
  }
}
