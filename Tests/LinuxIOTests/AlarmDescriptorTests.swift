import LinuxIO
import Testing

@Suite(.timeLimit(.minutes(1))) struct AlarmDescriptorTests {
  private static func isReady(_ alarm: AlarmDescriptor, for limit: Duration? = .zero) throws -> Bool {
    defer { withExtendedLifetime(alarm) {} }
    if case .ready = try Readiness.wait(on: [alarm.number], for: limit) { return true }
    return false
  }

  @Test func isReadyFromItsMomentOnUntilItIsCleared() throws {
    let alarm = try AlarmDescriptor()
    alarm.set(at: KernelClock.sinceBoot() + 2_000_000)
    #expect(try Self.isReady(alarm, for: nil))
    #expect(alarm.clear())
    #expect(!alarm.clear())
    #expect(try !Self.isReady(alarm))
  }

  /// What it was set to before it was cleared it does not take for what it is set to.
  @Test func isReadyAgainWhenItIsSetToTheSameMomentAgain() throws {
    let alarm = try AlarmDescriptor()
    let past = KernelClock.sinceBoot()
    for _ in 0..<3 {
      alarm.set(at: past)
      alarm.set(at: past)
      #expect(try Self.isReady(alarm, for: nil))
      #expect(alarm.clear())
    }
  }

  @Test func isNeverReadyWhenItsMomentIsTakenBack() throws {
    let alarm = try AlarmDescriptor()
    alarm.set(at: 1)
    alarm.set(at: nil)
    #expect(try !Self.isReady(alarm))
    alarm.set(at: 1)
    #expect(try Self.isReady(alarm, for: nil))
  }

  @Test func isReadySoonerWhenItIsSetToAnEarlierMoment() throws {
    let alarm = try AlarmDescriptor()
    alarm.set(at: KernelClock.sinceBoot() + 3_600_000_000_000)
    alarm.set(at: KernelClock.sinceBoot())
    #expect(try Self.isReady(alarm, for: nil))
  }
}
