// Moments of a clock that nobody sets; nothing here looks at one.

/// A moment since boot, the same for all processes of a machine; it never jumps.
package struct Moment: Hashable, Comparable, Sendable {
  package let nanoseconds: UInt64

  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// The moment `duration` later; stays at the last one there is.
  package func advanced(by duration: Duration) -> Moment {
    let sum = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    return Moment(nanoseconds: sum.overflow ? .max : sum.partialValue)
  }

  /// How long it is since `earlier`; zero when it is not.
  package func duration(since earlier: Moment) -> Duration {
    nanoseconds > earlier.nanoseconds ? .nanoseconds(Int64(clamping: nanoseconds - earlier.nanoseconds)) : .zero
  }

  package static func < (left: Moment, right: Moment) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}

extension Duration {
  /// Its length in nanoseconds, between 0 and what 64 bits hold.
  package var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let product = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let sum = product.partialValue.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
    return product.overflow || sum.overflow ? .max : sum.partialValue
  }
}
