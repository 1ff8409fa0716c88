import TestSupport
import Testing

@testable import ChannelModel

@Suite struct ProjectionSweepTests {
  @Test func whatStaysOwedIsShownAfterTwentyMillisecondsAndABit() {
    var sweep = ProjectionSweep()
    let start = Moment(nanoseconds: 5)
    func look(_ last: UInt64, _ shown: UInt64, _ now: Moment, jitter: UInt64 = 0) -> Moment? {
      sweep.saw(last: SequenceNumber(last), shown: SequenceNumber(shown), at: now, jitter: jitter)
    }
    #expect(look(3, 3, start) == nil)
    #expect(look(4, 3, start) == start.advanced(by: .milliseconds(20)))
    // Others may append meanwhile; it counts from the first that was owed.
    #expect(look(5, 3, start.advanced(by: .milliseconds(15))) == start.advanced(by: .milliseconds(20)))
    let latest = look(5, 3, start, jitter: .max)
    #expect(
      latest.map { $0 > start.advanced(by: .milliseconds(20)) && $0 < start.advanced(by: .milliseconds(30)) } == true
    )
    #expect(look(5, 5, start) == nil)
    let later = start.advanced(by: .seconds(1))
    #expect(look(6, 5, later) == later.advanced(by: .milliseconds(20)))
  }
}
