// When a file's state says that its bytes are the ones we know.

/// Judges whether a window is the one we remember, by its state alone.
package enum WindowTrust {
  /// Clocks of file systems are this coarse: a file changed twice within it may show one and the same state.
  package static let settling: Duration = .milliseconds(20)

  /// Whether `current` means that the file has the bytes that were read when its state was `known`.
  ///
  /// Our own windows have nanoseconds of their own, and none is written while it has the name. Somebody else's counts only
  /// when it had been left alone for a while when it was read: `readAt` is that look.
  package static func holds(_ known: FileState, _ current: FileState, isOurs: Bool, readAt: WallTime) -> Bool {
    guard known == current else { return false }
    return isOurs || hasSettled(known, at: readAt)
  }

  private static func hasSettled(_ state: FileState, at look: WallTime) -> Bool {
    guard state.seconds >= 0 else { return true }
    let changed = Duration.seconds(state.seconds) + .nanoseconds(Int64(state.nanoseconds))
    let elapsed = Duration.nanoseconds(Int64(clamping: look.nanoseconds)) - changed
    // A time that lies ahead by more than any file system counts in was set by somebody: it moves with each change.
    return elapsed >= settling || elapsed < .seconds(-2)
  }
}
