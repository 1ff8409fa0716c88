// An answer that somebody waits for.

internal import ChannelMessages
internal import Synchronization

/// Is given its outcome once; a task or a thread waits for it.
final class PendingAnswer: Sendable {
  typealias Outcome = Result<Message, any Error>

  private enum State {
    case open
    case awaited(CheckedContinuation<Message, any Error>)
    case done(Outcome)
  }

  private let state = Mutex(State.open)

  /// What came, if it did.
  var outcome: Outcome? {
    state.withLock { if case .done(let outcome) = $0 { outcome } else { nil } }
  }

  /// Gives the outcome; only the first counts.
  func finish(_ outcome: Outcome) {
    let continuation = state.withLock { state -> CheckedContinuation<Message, any Error>? in
      switch state {
      case .done: return nil
      case .open:
        state = .done(outcome)
        return nil
      case .awaited(let continuation):
        state = .done(outcome)
        return continuation
      }
    }
    continuation?.resume(with: outcome)
  }

  /// Suspends until it has its outcome.
  ///
  /// What waits here is nobody's actor: a task that prefers no executor changes threads for it, and changes back.
  func value() async throws -> Message {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome = state.withLock { state -> Outcome? in
          if case .done(let outcome) = state { return outcome }
          state = .awaited(continuation)
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      finish(.failure(CancellationError()))
    }
  }
}
