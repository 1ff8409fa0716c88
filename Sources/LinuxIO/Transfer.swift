// What came of a read or a write that does not wait.

internal import Glibc

/// How far bytes went through a pipe.
package enum Transfer: Hashable, Sendable {
  /// So many, at least one.
  case moved(Int)
  /// None now; the descriptor becomes ready when that changes.
  case wouldBlock
  /// None ever again: nobody holds the other end any more.
  case ended
}

extension Transfer {
  /// What a call has moved that throws EAGAIN where it would have to wait.
  @inline(__always)
  static func of(_ call: () throws(SystemError) -> Int) throws(SystemError) -> Transfer {
    do throws(SystemError) {
      return .moved(try call())
    } catch {
      guard error.code == EAGAIN else { throw error }
      return .wouldBlock
    }
  }

  /// The same of one that reads, of which nothing at all means the end.
  @inline(__always)
  static func ofReading(_ call: () throws(SystemError) -> Int) throws(SystemError) -> Transfer {
    let transfer = try of(call)
    return transfer == .moved(0) ? .ended : transfer
  }
}
