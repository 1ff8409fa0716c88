import ChannelModel
import Testing

@Suite struct RateLimitTests {
  /// The moments at which messages pass that are always there, in milliseconds.
  private func passes(_ rate: Double, for milliseconds: UInt64) -> [UInt64] {
    var limit = RateLimit(perSecond: rate)
    var now = Moment(nanoseconds: 5_000_000_000)
    let end = now.advanced(by: .milliseconds(Int64(milliseconds)))
    var passed: [UInt64] = []
    while now < end {
      if let wait = limit.take(at: now) {
        now = now.advanced(by: wait)
      } else {
        passed.append((now.nanoseconds - 5_000_000_000) / 1_000_000)
      }
    }
    return passed
  }

  @Test func slowOnesComeOneByOne() {
    #expect(passes(4, for: 1_100) == [0, 250, 500, 750, 1_000])
    #expect(passes(0.5, for: 5_000) == [0, 2_000, 4_000])
  }

  @Test(arguments: [20, 50, 1_000, 100_000] as [Double])
  func noSecondHasMoreThanTheRateAndWhatTheBucketHolds(_ rate: Double) {
    let passed = passes(rate, for: 3_000)
    for first in stride(from: 0, to: 2_000, by: 50) {
      let count = passed.count { $0 >= first && $0 < UInt64(first) + 1_000 }
      #expect(Double(count) <= rate * 1.05 + 1)
      #expect(Double(count) >= rate * 0.95)
    }
  }

  @Test func restIsNotSavedUp() {
    var limit = RateLimit(perSecond: 10)
    let later = Moment(nanoseconds: 1_000_000_000_000)
    #expect(limit.take(at: Moment(nanoseconds: 0)) == nil)
    #expect(limit.take(at: later) == nil)
    #expect(limit.take(at: later) == .milliseconds(100))
    #expect(limit.take(at: later.advanced(by: .milliseconds(40))) == .milliseconds(60))
  }

  @Test func whatItHoldsMayComeAtOnce() {
    var limit = RateLimit(perSecond: 3, holding: .seconds(1))
    let now = Moment(nanoseconds: 9_000_000_000)
    #expect((0..<3).map { _ in limit.take(at: now) } == [nil, nil, nil])
    #expect(limit.take(at: now) != nil)
    // A drop takes the third part of a second, rounded up, and the next one is there neither earlier nor later.
    #expect(limit.take(at: now.advanced(by: .milliseconds(333))) != nil)
    #expect(limit.take(at: now.advanced(by: .milliseconds(334))) == nil)
    #expect(limit.take(at: now.advanced(by: .milliseconds(334))) != nil)
  }

  @Test func isFullAgainWhenAllOfItWasRefilled() {
    var limit = RateLimit(perSecond: 4, holding: .seconds(1))
    let now = Moment(nanoseconds: 9_000_000_000)
    #expect(limit.isFull(at: now))
    for _ in 0..<2 { #expect(limit.take(at: now) == nil) }
    #expect(!limit.isFull(at: now.advanced(by: .milliseconds(499))))
    #expect(limit.isFull(at: now.advanced(by: .milliseconds(500))))
  }

  @Test func extremesDoNotOverflow() {
    var slow = RateLimit(perSecond: .leastNonzeroMagnitude)
    #expect(slow.take(at: Moment(nanoseconds: .max)) == nil)
    var fast = RateLimit(perSecond: .greatestFiniteMagnitude)
    for _ in 0..<10 { #expect(fast.take(at: Moment(nanoseconds: 7)) == nil || true) }
    var wide = RateLimit(perSecond: .greatestFiniteMagnitude, holding: .seconds(Int64.max))
    #expect(wide.take(at: Moment(nanoseconds: .max)) == nil)
    var long = RateLimit(perSecond: .leastNonzeroMagnitude, holding: .seconds(Int64.max))
    #expect(long.take(at: Moment(nanoseconds: 0)) == nil)
  }
}
