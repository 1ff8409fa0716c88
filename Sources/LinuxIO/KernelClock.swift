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
