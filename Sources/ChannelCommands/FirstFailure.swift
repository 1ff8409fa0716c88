// What ends a program that works in many places.

internal import Synchronization

/// Keeps the first of several errors.
final class FirstFailure: Sendable {
  private let kept = Mutex<(any Error)?>(nil)

  /// The one that came first; nil as long as all is well.
  var first: (any Error)? { kept.withLock { $0 } }

  func set(_ error: any Error) { kept.withLock { $0 = $0 ?? error } }
}
