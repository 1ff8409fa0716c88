// How a handler is.

/// One handler: what it has done since the daemon's start, or since its setting changed, and what it is at.
package struct HandlerStatus: Sendable, Hashable {
  package enum Manner: String, Sendable, Hashable, CaseIterable {
    /// A program for each message.
    case run
    /// A program that is kept running.
    case worker
  }

  package let name: String
  package let manner: Manner
  /// How many messages it may have at once.
  package let concurrency: Int
  /// Messages that programs have, and those that wait for their turn.
  package var running = 0
  package var waiting = 0
  /// Messages by how they ended.
  package var handled: UInt64 = 0
  package var failed: UInt64 = 0
  /// Those that the handler wanted later.
  package var postponed: UInt64 = 0
  /// How often a worker was started again.
  package var restarts: UInt64 = 0
  /// What goes wrong now: a program that is missing, say, or a worker that cannot be started.
  package var trouble: String?
  /// How long messages took, from the program's having it to its answer.
  package var times = TimeHistogram()

  package init(_ name: String, _ manner: Manner, concurrency: Int) {
    self.name = name
    self.manner = manner
    self.concurrency = concurrency
  }
}
