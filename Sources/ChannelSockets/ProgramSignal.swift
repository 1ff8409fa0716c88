// The signals that a daemon is told by.

internal import CUv

/// A signal by which somebody tells the program something.
package enum ProgramSignal: Sendable, Hashable, CaseIterable {
  /// SIGTERM: end.
  case terminate
  /// SIGINT: somebody at a terminal wants it to end.
  case interrupt
  /// SIGHUP: read the configuration again.
  case hangUp

  var number: Int32 {
    switch self {
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    case .hangUp: SIGHUP
    }
  }
}
