// The one place where `errno` is read.

internal import Glibc

/// Makes a system call, again after EINTR, and throws what it left in `errno` when it answers below zero.
///
/// EBADF and EFAULT are our own mistakes, never weather, and trap.
@inline(__always)
func systemCall<Result: SignedInteger>(
  _ name: String,
  on subject: @autoclosure () -> String = "",
  _ body: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = body()
    if result >= 0 { return result }
    let code = errno
    if code == EINTR { continue }
    precondition(code != EBADF && code != EFAULT, "\(name) was given a bad descriptor or address")
    throw SystemError(name, on: subject(), code: code)
  }
}
