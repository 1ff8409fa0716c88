// How much a child may say, and how much of what it is told may wait.

/// Bounds of what goes through a child's pipes.
package struct ChildLimits: Sendable {
  /// What becomes of a child that says too much.
  package enum Excess: Sendable {
    /// The rest is counted and dropped.
    case isDropped
    /// So it is, and the child is told to end, within this grace.
    case endsChild(grace: Duration)
  }

  /// How many bytes of its standard output are handed on, from its beginning to its end.
  package var output: Int
  /// And how many of its standard error.
  package var errors: Int
  package var excess: Excess
  /// While more bytes than this wait to be read by it, it is given none.
  package var input: Int

  /// No limit but on what waits to be read by it: for a child whose output somebody else bounds, message by message.
  package static let unlimited = Self(output: .max, errors: .max)

  package init(output: Int, errors: Int, excess: Excess = .isDropped, input: Int = 1 << 20) {
    self.output = output
    self.errors = errors
    self.excess = excess
    self.input = input
  }
}
