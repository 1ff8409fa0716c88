// What came of a read or a write that does not wait.

/// How far bytes went through a pipe.
package enum Transfer: Hashable, Sendable {
  /// So many, at least one.
  case moved(Int)
  /// None now; the descriptor becomes ready when that changes.
  case wouldBlock
  /// None ever again: nobody holds the other end any more.
  case ended
}
