import TestSupport
import Testing

@testable import ChannelModel

@Suite struct ProjectionSweepTests {
  static let start = Moment(nanoseconds: 5)

  static func place(_ end: Int) -> JournalPlace { JournalPlace(segment: SequenceNumber(1), end: end) }

  static func at(_ milliseconds: Int64) -> Moment { start.advanced(by: .milliseconds(milliseconds)) }

  @Test func whatStaysOwedIsShownAfterTwentyMillisecondsAndABit() {
    var sweep = ProjectionSweep()
    func look(_ end: Int, _ shown: Int?, _ now: Moment, jitter: UInt64 = 0) -> ProjectionSweep.Verdict {
      sweep.saw(end: Self.place(end), shown: shown.map(Self.place), at: now, jitter: jitter)
    }
    #expect(look(3, 3, Self.at(0)) == .settled)
    #expect(look(4, 3, Self.at(0)) == .lookAgain(at: Self.at(20)))
    // Others may append meanwhile; it counts from the first that was owed.
    #expect(look(5, 3, Self.at(15)) == .lookAgain(at: Self.at(20)))
    #expect(look(5, 3, Self.at(20)) == .project)
    guard case .lookAgain(let latest) = look(5, nil, Self.at(30), jitter: .max) else {
      Issue.record("a window that matches nothing owes everything")
      return
    }
    #expect(latest > Self.at(50) && latest < Self.at(60))
  }

  @Test func aFloodWhoseSendersAreAtWorkIsLeftAlone() {
    var sweep = ProjectionSweep()
    for round in 0..<100 {
      let verdict = sweep.saw(
        end: Self.place(round * 10 + 1),
        shown: Self.place(round * 10),
        at: Self.at(Int64(round) * 25),
        jitter: 0
      )
      #expect(verdict != .project && verdict != .settled)
    }
  }

  @Test func anotherSegmentIsAhead() {
    #expect(Self.place(.max) < JournalPlace(segment: SequenceNumber(2), end: 0))
  }
}
