// Letting 1.0 senders have their turn.

/// How long to leave a window's lock alone after we released it.
///
/// A 1.0 sender that finds the lock taken sleeps 10 ms before it looks again; natives at full speed would be back within
/// microseconds every time, and it gives up after fifty looks.
package struct LockCourtesy: Hashable, Sendable {
  /// A 1.0 writer seen within this long may be waiting.
  package static let memory: Duration = .seconds(10)
  package static let leastPause: Duration = .microseconds(30)

  /// When the lock was last released by one of ours, and how long it had been held.
  package var released: Moment
  package var held: Duration
  /// When a 1.0 writer was last seen on this side.
  package var peerSeen: Moment?

  package init(released: Moment, held: Duration, peerSeen: Moment?) {
    self.released = released
    self.held = held
    self.peerSeen = peerSeen
  }

  /// How long to wait before the lock may be taken: it stays free at least as long as it was held.
  package func pause(at now: Moment) -> Duration {
    guard let peerSeen, now.duration(since: peerSeen) <= Self.memory else { return .zero }
    let free = released.advanced(by: max(held, Self.leastPause))
    // A release that lies ahead was written under another boot, or by a peer: at most the pause itself is waited.
    return min(free.duration(since: max(now, released)), max(held, Self.leastPause), Self.longestPause)
  }

  static let longestPause: Duration = .milliseconds(50)
}
