// Whether a process is there.

/// What can be said, from here and now, of a process.
package enum ProcessState: Hashable, Sendable {
  /// It runs (or is stopped), and began at this time, in clock ticks since boot.
  case running(startTime: UInt64)
  /// There is none, or it is dead and only not waited for yet.
  case gone
  /// Nothing can be said: it is in another pid namespace, or `/proc` hides it.
  case notVisible
}
