import ChannelModel
import Testing

@testable import Transom

/// What is scheduled for a window, without a clock.
@Suite struct WindowDutiesTests {
  private static func at(_ milliseconds: UInt64) -> Moment {
    Moment(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000)
  }

  @Test func aLookIsPlannedUnlessOneComesAsSoon() {
    var duties = WindowDuties()
    let plans = [20, 20, 30, 10, 15].map { duties.plansLook(at: Self.at($0)) }
    #expect(plans == [true, false, false, true, false])
    // That of 20 was planned as well, and says nothing of the earlier one.
    duties.looks(at: Self.at(20))
    let beforeTheLook = duties.plansLook(at: Self.at(12))
    duties.looks(at: Self.at(10))
    let afterIt = duties.plansLook(at: Self.at(12))
    #expect(!beforeTheLook && afterIt)
  }

  @Test func aChangeIsWaitedForAndThenNoMore() {
    var duties = WindowDuties()
    let times: [UInt64] = [0, 1, 2, 50, 101, 102, 103]
    #expect(times.map { duties.hasWaited(at: Self.at($0)) } == [false, false, true, true, false, false, true])
  }

  @Test func whatIsUnderWayIsNotBegunAgain() {
    var duties = WindowDuties()
    let tending = [duties.plansTending(), duties.plansTending()]
    duties.tends()
    #expect(tending + [duties.plansTending()] == [true, false, true])
  }

  /// What is to be shown soon does not wait for what may be shown late.
  @Test func whatIsOwedIsShownByTheFirstMoment() {
    var duties = WindowDuties()
    let beforehand = duties.pays()
    let plans = [50, 60, 10, 10].map { duties.plansShowing(at: Self.at($0)) }
    let payments = [duties.pays(), duties.pays()]
    let again = duties.plansShowing(at: Self.at(60))
    #expect(!beforehand && plans == [true, false, true, false])
    #expect(payments == [true, false] && again)
  }
}
