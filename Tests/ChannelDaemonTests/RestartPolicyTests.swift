import ChannelDaemon
import Testing

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
