// What an eventfd and a timerfd have in common.

internal import Glibc

extension OwnedDescriptor {
  /// Sets a descriptor that counts back to zero, which makes it not ready, and says whether it had counted anything.
  borrowing func clearCounter() -> Bool {
    var count: UInt64 = 0
    while true {
      if unsafe read(number, &count, 8) == 8 { return true }
      if errno != EINTR { return false }
    }
  }
}
