// How a process ended.

/// What a child leaves behind for its parent.
package enum ProcessEnd: Hashable, Sendable {
  /// By itself, with this status: 0 to 255.
  case exited(Int32)
  /// By this signal.
  case signalled(Int32)
  /// It has ended, and its status went to somebody else: some library of this process waits for every child, or SIGCHLD
  /// is ignored.
  case unknown

  /// From what waitpid gives.
  init(status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
  }
}
