// The one place where a thread waits for descriptors.

internal import CLinux

/// What came of waiting on some descriptors.
package enum Readiness: Hashable, Sendable {
  /// These can be read, or have failed, which reading them will tell.
  case ready(Places)
  /// None within the time given.
  case timedOut

  /// Places in the list that was waited on.
  package struct Places: Hashable, Sendable {
    fileprivate let bits: UInt64

    package func contains(_ place: Int) -> Bool {
      (0..<64).contains(place) && bits & (1 << UInt64(place)) != 0
    }
  }

  /// The longest list.
  package static let mostDescriptors = 64

  /// Waits until one of the descriptors is ready or the time is up: `.zero` only looks, nil waits for ever.
  ///
  /// Signals do not end it, nor make it longer. A closed number in the list is our own mistake and traps.
  package static func wait(on descriptors: [Int32], for limit: Duration? = nil) throws(SystemError) -> Self {
    precondition(descriptors.count <= mostDescriptors, "at most \(mostDescriptors) descriptors are waited on at once")
    let deadline = limit.map { ContinuousClock.now.advanced(by: $0) }
    var bits: UInt64 = 0
    let count = try kernelCall("ppoll") {
      unsafe descriptors.withUnsafeBufferPointer {
        // Computed anew for each try, so that a signal's EINTR does not begin the time again.
        unsafe clinux_wait($0.baseAddress, Int32($0.count), nanoseconds(until: deadline), &bits)
      }
    }
    return count == 0 ? .timedOut : .ready(Places(bits: bits))
  }

  /// The same for two descriptors, until a moment in nanoseconds since boot, and answers which of them are ready. One
  /// below zero is passed over.
  ///
  /// For loops that wait for every message: it makes no list.
  package static func wait(
    on first: Int32,
    and second: Int32,
    until deadline: UInt64?
  ) throws(SystemError) -> (first: Bool, second: Bool) {
    let list: InlineArray<2, Int32> = [first, second]
    let descriptors = list.span
    var bits: UInt64 = 0
    _ = try kernelCall("ppoll") {
      unsafe descriptors.withUnsafeBufferPointer {
        unsafe clinux_wait($0.baseAddress, 2, KernelClock.nanoseconds(until: deadline), &bits)
      }
    }
    return (bits & 1 != 0, bits & 2 != 0)
  }

  /// What is left until then, for the kernel: -1 for ever, and no more than it can count.
  private static func nanoseconds(until deadline: ContinuousClock.Instant?) -> Int64 {
    guard let deadline else { return -1 }
    let left = ContinuousClock.now.duration(to: deadline)
    if left <= .zero { return 0 }
    // A hundred years: the multiplication below must not overflow for a caller's "practically never".
    if left >= .seconds(3_153_600_000) { return 3_153_600_000 * 1_000_000_000 }
    let (seconds, attoseconds) = left.components
    return seconds * 1_000_000_000 + (attoseconds + 999_999_999) / 1_000_000_000
  }
}
