import TestSupport
import Testing

@testable import ChannelModel

@Suite struct PatienceAndTrustTests {
  static func state(_ inode: UInt64 = 1, seconds: Int64 = 100) -> FileState {
    FileState(device: 1, inode: inode, size: 2, seconds: seconds, nanoseconds: 0)
  }

  @Test func anEmptyWindowIsAClearOnceItStaysSo() {
    var patience = WindowPatience()
    let start = Moment(nanoseconds: 5)
    #expect(patience.saw(.blank, state: Self.state(), at: start) == .wait(.milliseconds(20)))
    #expect(
      patience.saw(.blank, state: Self.state(), at: start.advanced(by: .milliseconds(15))) == .wait(.milliseconds(5))
    )
    #expect(patience.saw(.blank, state: Self.state(), at: start.advanced(by: .milliseconds(20))) == .cleared)
  }

  @Test func aTornWindowIsGivenASecondFromItsLastChange() {
    var patience = WindowPatience()
    let start = Moment(nanoseconds: 5)
    #expect(patience.saw(.torn, state: Self.state(), at: start) == .wait(.seconds(1)))
    #expect(patience.saw(.torn, state: Self.state(2), at: start.advanced(by: .milliseconds(900))) == .wait(.seconds(1)))
    #expect(patience.saw(.torn, state: Self.state(2), at: start.advanced(by: .milliseconds(1_900))) == .malformed)
    #expect(patience.saw(.readable, state: Self.state(2), at: start.advanced(by: .milliseconds(1_901))) == .settled)
    #expect(
      patience.saw(.torn, state: Self.state(2), at: start.advanced(by: .milliseconds(1_902))) == .wait(.seconds(1))
    )
  }

  @Test func anothersWindowIsTrustedOnlyWhenItHadSettledBeforeTheLook() {
    let fresh = WallTime(nanoseconds: 100_010_000_000)
    let later = WallTime(nanoseconds: 100_020_000_000)
    #expect(WindowTrust.holds(Self.state(), Self.state(), isOurs: true, readAt: fresh))
    #expect(!WindowTrust.holds(Self.state(), Self.state(), isOurs: false, readAt: fresh))
    #expect(WindowTrust.holds(Self.state(), Self.state(), isOurs: false, readAt: later))
    #expect(!WindowTrust.holds(Self.state(), Self.state(2), isOurs: true, readAt: later))
    // Ahead by less than a clock may be off it may still be changing; by more it was set, and moves with each change.
    #expect(!WindowTrust.holds(Self.state(seconds: 101), Self.state(seconds: 101), isOurs: false, readAt: later))
    #expect(WindowTrust.holds(Self.state(seconds: .max), Self.state(seconds: .max), isOurs: false, readAt: later))
    #expect(WindowTrust.holds(Self.state(seconds: .min), Self.state(seconds: .min), isOurs: false, readAt: later))
  }

  @Test func afterAPowerLossWhatCannotBeReadIsLostAtOnceAndIsNoClear() {
    for sight in [WindowPatience.Sight.blank, .torn] {
      var patience = WindowPatience()
      let verdict = patience.saw(sight, state: Self.state(), at: Moment(nanoseconds: 5), isFromAnotherBoot: true)
      #expect(verdict == .lost)
    }
  }
}
