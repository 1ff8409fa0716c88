// The time that facts carry; nothing here looks at a clock.

/// A time that people know: nanoseconds since 1970. It may jump either way.
package struct WallTime: Hashable, Comparable, Sendable {
  package let nanoseconds: UInt64

  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  package init(milliseconds: UInt64) {
    nanoseconds = milliseconds.multipliedReportingOverflow(by: 1_000_000).overflow ? .max : milliseconds * 1_000_000
  }

  /// What a message's timestamp holds.
  package var milliseconds: UInt64 { nanoseconds / 1_000_000 }

  /// Whether two times lie so many milliseconds or more apart, whichever is the earlier.
  package func isApart(from other: WallTime, milliseconds: UInt64) -> Bool {
    max(nanoseconds, other.nanoseconds) - min(nanoseconds, other.nanoseconds) >= milliseconds * 1_000_000
  }

  package static func < (left: WallTime, right: WallTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}
