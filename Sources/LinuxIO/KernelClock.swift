// The clock that never jumps, and waiting.

internal import Glibc

/// Time since boot, the same for every process of the machine and going on while it sleeps.
package enum KernelClock {
  /// Nanoseconds since boot.
  package static func sinceBoot() -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Nanoseconds since boot, so long from now.
  package static func after(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    return sinceBoot() + UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }

  /// Nanoseconds of the clock that stands while the machine sleeps, by which supervisors reckon.
  static func monotonic() -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// What is left until a moment since boot, as the calls of CLinux want it: -1 for ever.
  static func nanoseconds(until deadline: UInt64?) -> Int64 {
    guard let deadline else { return -1 }
    let now = sinceBoot()
    return deadline <= now ? 0 : Int64(clamping: deadline - now)
  }

  /// Blocks the calling thread for so long; zero only lets others run.
  package static func pause(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    guard duration > .zero else {
      sched_yield()
      return
    }
    var wanted = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    var rest = timespec()
    // What is left after a signal is waited for as well.
    while unsafe nanosleep(&wanted, &rest) != 0, errno == EINTR { wanted = rest }
  }
}
