// A file descriptor with exactly one owner.

internal import Glibc

/// An open file descriptor that is closed when its owner lets go of it.
package struct OwnedDescriptor: ~Copyable, Sendable {
  /// The number, to be lent to calls and never kept beyond the owner's life.
  package let number: Int32

  package init(taking number: Int32) {
    precondition(number >= 0, "a descriptor's number is never negative")
    self.number = number
  }

  /// Another number for what somebody else has open, and goes on having open.
  package init(copying other: Int32) throws(SystemError) {
    number = try systemCall("fcntl", on: "descriptor \(other)") { fcntl(other, F_DUPFD_CLOEXEC, 3) }
  }

  deinit {
    _ = Glibc.close(number)
  }

  /// Closes and says whether the kernel had something to report about what was written.
  ///
  /// EINTR counts as closed: on Linux the descriptor is gone either way.
  package consuming func close() throws(SystemError) {
    let number = self.number
    discard self
    if Glibc.close(number) != 0, errno != EINTR { throw SystemError("close", code: errno) }
  }

  /// Gives the number away: whoever takes it closes it.
  package consuming func release() -> Int32 {
    let number = self.number
    discard self
    return number
  }
}
