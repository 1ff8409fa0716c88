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
  }

  private struct WeakListener {
    weak var listener: Listener?
  }

  private let state = Mutex(State())
  /// The same trouble is told again after that, should it go on.
  private static let pause = Duration.seconds(60)
  private static let highestToldCount = 64

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
    let listeners = state.withLock { state -> [Listener] in
      if let told = state.told[error], now.duration(since: told) < Self.pause { return [] }
      if state.told.count >= Self.highestToldCount { state.told = [:] }
      state.told[error] = now
      return state.listeners.compactMap(\.listener)
    }
    // Later, by itself: whoever met it may hold locks, and whoever is told may send.
    if !listeners.isEmpty {
      Task { for listener in listeners { listener.told(error) } }
    }
  }
}
