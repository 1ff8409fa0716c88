// A moment as a file system stores it.

internal import Glibc

/// A moment of a file: seconds since 1970 and nanoseconds.
package struct FileTime: Hashable, Comparable, Sendable {
  package let seconds: Int64
  package let nanoseconds: Int64

  package init(seconds: Int64, nanoseconds: Int64) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The wall clock, to the nanosecond; it may jump, so it is never a measure of time passed.
  package static func now() -> FileTime {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return FileTime(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }

  /// How long before `now` it was; nil when it lies ahead.
  package func age(at now: FileTime) -> Duration? {
    guard self <= now else { return nil }
    let whole = now.seconds.subtractingReportingOverflow(seconds)
    // Anybody can set any time; one of before all times is old enough.
    guard !whole.overflow else { return .seconds(Int64.max) }
    return .seconds(whole.partialValue) + .nanoseconds(now.nanoseconds - nanoseconds)
  }

  package static func < (left: FileTime, right: FileTime) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}
