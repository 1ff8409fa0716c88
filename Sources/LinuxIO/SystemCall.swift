// The one place where `errno` is read.

internal import Glibc

/// Makes a system call, again after EINTR, and throws what it left in `errno` when it answers below zero.
///
/// Whatever that is: on FUSE, CIFS and the like a call on a file is answered by a server, and one that says EBADF or
/// EFAULT must not end us.
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
    throw SystemError(name, on: subject(), code: code)
  }
}

/// Makes a system call that the kernel answers by itself, asking no file system.
///
/// From it EBADF and EFAULT are our own mistakes, never weather, and trap.
@inline(__always)
func kernelCall<Result: SignedInteger>(
  _ name: String,
  on subject: @autoclosure () -> String = "",
  _ body: () -> Result
) throws(SystemError) -> Result {
  do {
    return try systemCall(name, on: subject(), body)
  } catch {
    precondition(error.code != EBADF && error.code != EFAULT, "\(name) was given a bad descriptor or address")
    throw error
  }
}
