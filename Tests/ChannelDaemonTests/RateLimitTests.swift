import ChannelDaemon
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

  @Test func extremesDoNotOverflow() {
    var slow = RateLimit(perSecond: .leastNonzeroMagnitude)
    #expect(slow.take(at: Moment(nanoseconds: .max)) == nil)
    var fast = RateLimit(perSecond: .greatestFiniteMagnitude)
    for _ in 0..<10 { #expect(fast.take(at: Moment(nanoseconds: 7)) == nil || true) }
  }
}

@Suite struct RestartPolicyTests {
  private func policy() -> RestartPolicy {
    var backoff = HandlerSetting.Backoff()
    backoff.first = .seconds(1)
    backoff.longest = .seconds(10)
    return RestartPolicy(backoff, settled: .seconds(10))
  }

  @Test func whoDiesSoonIsStartedLaterAndLater() {
    var policy = policy()
    let pauses = (0..<6).map { _ in policy.pause(after: .seconds(1), jitter: 0) }
    #expect(pauses == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
  }

  @Test func whoRanWellIsStartedAtOnceAndBeginsAnew() {
    var policy = policy()
    for _ in 0..<5 { _ = policy.pause(after: .zero, jitter: 0) }
    #expect(policy.pause(after: .seconds(10), jitter: 0) == .zero)
    #expect(policy.pause(after: .zero, jitter: 0) == .seconds(1))
  }

  @Test func whoCannotBeStartedIsTriedLaterAndLater() {
    var policy = policy()
    #expect((0..<3).map { _ in policy.pauseAfterRefusal(jitter: 0) } == [1, 2, 4].map { .seconds($0) })
  }

  @Test func jitterTakesAQuarterAtMost() {
    for jitter in [1, 12_345_678_901, UInt64.max] {
      var policy = policy()
      let pause = policy.pause(after: .zero, jitter: jitter)
      #expect(pause > .milliseconds(750) && pause <= .seconds(1))
    }
  }

  @Test func noSettingMakesItBusy() {
    var backoff = HandlerSetting.Backoff()
    backoff.first = .zero
    backoff.longest = .zero
    var policy = RestartPolicy(backoff)
    #expect(policy.pause(after: .zero, jitter: 0) == .milliseconds(10))
  }
}
