// What goes wrong in a channel where nobody waits for it.

internal import ChannelModel
internal import Synchronization

/// Tells everybody who listens of troubles, each once as long as it goes on.
package final class Troubles: Sendable {
  /// Listens until it is let go of.
  final class Listener: Sendable {
    fileprivate let told: @Sendable (ChannelError) -> Void

    init(_ told: @escaping @Sendable (ChannelError) -> Void) {
      self.told = told
    }
  }

  private struct State {
    var listeners: [WeakListener] = []
    var told: [ChannelError: Moment] = [:]
    /// In the order in which they were met, with those who listened then.
    var owed: [(error: ChannelError, listeners: [Listener])] = []
    var isTelling = false
  }

  private struct WeakListener {
    weak var listener: Listener?
  }

  private let state = Mutex(State())
  /// The same trouble is told again after that, should it go on.
  private static let pause = Duration.seconds(60)
  private static let highestToldCount = 64
  /// More do not wait for a listener that takes its time: what goes on is told again.
  private static let highestOwedCount = 1_024

  package init() {}

  func add(_ listener: Listener) {
    state.withLock { state in
      state.listeners.removeAll { $0.listener == nil }
      state.listeners.append(WeakListener(listener: listener))
    }
  }

  /// Tells of what a helper threw, which is a ChannelError unless there was no helper.
  func tell(_ error: any Error, at path: String) {
    tell(error as? ChannelError ?? ChannelError(.system, at: path, "\(error)"))
  }

  func tell(_ error: ChannelError) {
    let now = Moment.now
    let isFirst = state.withLock { state in
      if let told = state.told[error], now.duration(since: told) < Self.pause { return false }
      if state.owed.count >= Self.highestOwedCount { return false }
      if state.told.count >= Self.highestToldCount { state.told = [:] }
      state.told[error] = now
      let listeners = state.listeners.compactMap(\.listener)
      if listeners.isEmpty { return false }
      state.owed.append((error, listeners))
      defer { state.isTelling = true }
      return !state.isTelling
    }
    // Later, by itself: whoever met it may hold locks, and whoever is told may send.
    if isFirst { Task { tellOwed() } }
  }

  /// One after the other: what came of one trouble is to be told behind it.
  private func tellOwed() {
    while let (error, listeners) = takeOwed() {
      for listener in listeners { listener.told(error) }
    }
  }

  private func takeOwed() -> (ChannelError, [Listener])? {
    state.withLock { state in
      if state.owed.isEmpty {
        state.isTelling = false
        return nil
      }
      let next = state.owed.removeFirst()
      return (next.error, next.listeners)
    }
  }
}
