// What is left of a child.

package import LinuxIO

/// How a child ended, and why.
package struct ChildEnd: Sendable, Hashable {
  /// On whose account it ended. Of a child that ends by itself just as it is told to, this says that it was told.
  package enum Cause: Sendable, Hashable {
    /// Its own.
    case itself
    /// It was told to, and did so within its grace.
    case told
    /// It was killed, after its grace or without one.
    case killed
  }

  package let end: ProcessEnd
  package let cause: Cause
  /// How many bytes of its standard output were over the limit.
  package let droppedOutput: Int
  /// How many bytes of its standard error were over the limit.
  package let droppedErrors: Int

  package init(end: ProcessEnd, cause: Cause, droppedOutput: Int, droppedErrors: Int) {
    self.end = end
    self.cause = cause
    self.droppedOutput = droppedOutput
    self.droppedErrors = droppedErrors
  }
}
