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
    let owing = [
      duties.pays(), duties.owesFirst(), duties.owesFirst(), duties.pays(), duties.pays(), duties.owesFirst(),
    ]
    #expect(owing == [false, true, false, true, false, true])
  }
}
