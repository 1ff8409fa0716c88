// How long things took.

/// Counts durations by their size, in the steps that metrics show.
package struct TimeHistogram: Sendable, Hashable {
  /// The upper bounds of all buckets but the last, which has none.
  package static let bounds: [Duration] = [
    .microseconds(250), .microseconds(500), .milliseconds(1), .microseconds(2_500), .milliseconds(5), .milliseconds(10),
    .milliseconds(25), .milliseconds(50), .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1),
    .milliseconds(2_500), .seconds(5), .seconds(10), .seconds(30), .seconds(60),
  ]

  /// How many were within each bound and beyond the one before it; the last are those beyond all.
  package private(set) var counts: [UInt64]
  package private(set) var sum: Duration

  package init() {
    counts = Array(repeating: 0, count: Self.bounds.count + 1)
    sum = .zero
  }

  /// From what another one told; nil when there are not as many counts as buckets.
  package init?(counts: [UInt64], sum: Duration) {
    guard counts.count == Self.bounds.count + 1 else { return nil }
    self.counts = counts
    self.sum = sum
  }

  package var count: UInt64 { counts.reduce(0, &+) }

  package mutating func add(_ duration: Duration) {
    let bucket = Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count
    counts[bucket] &+= 1
    sum += duration
  }

  /// The bound within which this share of all lay; nil without any, or when it lies beyond all bounds.
  package func bound(ofShare share: Double) -> Duration? {
    let wanted = (Double(count) * share).rounded(.up)
    guard wanted > 0 else { return nil }
    var seen: UInt64 = 0
    for (bound, count) in zip(Self.bounds, counts) {
      seen &+= count
      if Double(seen) >= wanted { return bound }
    }
    return nil
  }
}
