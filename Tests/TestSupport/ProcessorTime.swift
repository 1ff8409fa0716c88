// How much another process works.

package import Glibc

/// The processor's time of a process, by the clock that the kernel keeps for it: in nanoseconds, of all its threads, also
/// of those that have ended.
package enum ProcessorTime {
  /// Zero once there is no such process.
  package static func of(_ pid: pid_t) -> Duration {
    var clock = clockid_t()
    var time = timespec()
    guard unsafe clock_getcpuclockid(pid, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else { return .zero }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
