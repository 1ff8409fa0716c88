import TestSupport
import Testing

@testable import ChannelModel

@Suite struct TimestampTests {
  @Test func riseStrictlyAndPaceTheSenderAtTheLead() {
    var stamps = ProjectedTimestamps()
    let given = (0..<5_001).map { _ in stamps.next(at: 1_000, manner: .alone) }
    #expect(given == (0...5_000).map { .timestamp(1_000 + $0) })
    #expect(stamps.next(at: 1_000, manner: .alone) == .wait(.milliseconds(1)))
    #expect(stamps.next(at: 1_001, manner: .alone) == .timestamp(6_001))
  }

  @Test func leadLessBesideAWriter() {
    var stamps = ProjectedTimestamps(newest: 1_000)
    for _ in 0..<100 { _ = stamps.next(at: 1_000, manner: .besideWriter) }
    #expect(stamps.next(at: 1_000, manner: .besideWriter) == .wait(.milliseconds(1)))
  }

  @Test func goOnRisingAfterTheClockWasSetBack() {
    var stamps = ProjectedTimestamps(newest: 10_000_000)
    #expect(stamps.next(at: 1_000, manner: .alone) == .timestamp(10_000_001))
    #expect(stamps.next(at: 1_000, manner: .alone) == .timestamp(10_000_002))
    #expect(stamps.next(at: 20_000_000, manner: .alone) == .timestamp(20_000_000))
  }

  @Test func neverFallWithoutReaders() {
    var stamps = ProjectedTimestamps(newest: 50)
    #expect(stamps.next(at: 40, manner: .natural) == .timestamp(50))
    #expect(stamps.next(at: 60, manner: .natural) == .timestamp(60))
  }

  @Test func aForeignTimestampOfTheFarFutureIsNotFollowed() {
    var stamps = ProjectedTimestamps(newest: 1_000)
    stamps.saw(1_500, at: 1_000, manner: .alone)
    #expect(stamps.newest == 1_500)
    stamps.saw(.max, at: 1_000, manner: .alone)
    #expect(stamps.newest == 1_500)
    #expect(stamps.next(at: .max, manner: .alone) == .timestamp(.max))
  }

  @Test func aClaimBeyondTheLeadIsBelievedOnlyAsFarAsTheWindowShowsIt() {
    func restored(_ claimed: UInt64, window: UInt64?) -> UInt64 {
      ProjectedTimestamps(claimed: claimed, newestInWindow: window, at: 1_000).newest
    }
    #expect(restored(500, window: nil) == 500)
    #expect(restored(6_000, window: nil) == 6_000)
    #expect(restored(.max, window: nil) == 6_000)
    #expect(restored(.max, window: 900) == 6_000)
    #expect(restored(50_000, window: 40_000) == 40_000, "the clock was set back")
  }

  @Test func staysAboveWhatReadersSawBeforeAWriterCameAndPushedItOut() {
    // A flood alone has led by four seconds; then a 1.0 writer fills the window with a hundred messages of its own.
    var stamps = ProjectedTimestamps(claimed: 5_000, newestInWindow: nil, at: 1_000)
    #expect(stamps.next(at: 1_000, manner: .besideWriter) == .timestamp(5_001))
    // Nor does it run away, to where the next projector would not believe it.
    while stamps.newest < 6_000 { _ = stamps.next(at: 1_000, manner: .besideWriter) }
    #expect(stamps.next(at: 1_000, manner: .besideWriter) == .wait(.milliseconds(1)))
  }
}
