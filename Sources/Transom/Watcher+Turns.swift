// A turn at driving for a thread that does not wait.

internal import LinuxIO
internal import Synchronization

extension Watcher {
  /// Takes what has happened, on the calling thread, unless somebody else is about to.
  ///
  /// For a thread that always finds more to do: as long as callers drive now and then the own thread leaves the events to
  /// them, and is not woken for each.
  func takeTurn() {
    switch state.withLock({ $0.driving.enter() }) {
    case .lead: break
    case .leadInsteadOfOwnThread: ownWake.signal()
    case .follow:
      pass(state.withLock { $0.driving.followerLeaves() })
      return
    }
    state.withLock { $0.driving.leaderWorks() }
    work()
    leave()
  }
}
