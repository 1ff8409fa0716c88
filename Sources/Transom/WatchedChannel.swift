// Who is told by the watcher.

/// A channel, as the watcher knows it.
package protocol WatchedChannel: AnyObject, Sendable {
  /// Something changed. Called on the thread that drives the watcher, one call at a time in the whole process, so it
  /// must not wait. It may come once more after the channel was removed, if it was under way.
  func noticed(_ change: WatchChange)
}
