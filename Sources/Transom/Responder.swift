// A handler that answers requests.

internal import Synchronization

/// Answers the other side's requests until it is stopped or its channel is closed.
///
/// It may be let go of: it is the channel that keeps it.
public final class Responder: Sendable {
  /// The methods it answers; `*` stands for anything.
  public let pattern: String
  private let onStop = Mutex<(@Sendable () -> Void)?>(nil)

  init(_ pattern: String, onStop: @escaping @Sendable () -> Void) {
    self.pattern = pattern
    self.onStop.withLock { $0 = onStop }
  }

  /// Takes no more requests; those that it is working on are answered.
  public func stop() {
    let onStop = onStop.withLock { $0.take() }
    onStop?()
  }
}
