// What a child does.

/// What is told of a child, in this order for each stream; the end comes last and once.
package enum ChildEvent: Sendable, Hashable {
  /// It wrote this to its standard output.
  case output([UInt8])
  /// It wrote this to its standard error.
  case errors([UInt8])
  /// It has taken all that it was given, after some of that had to wait.
  case inputDrained
  /// It reads no more, though it was not told that nothing comes; what waited is gone.
  case inputRefused
  /// It has ended, and what it left running in its group was killed.
  case ended(ChildEnd)
}
