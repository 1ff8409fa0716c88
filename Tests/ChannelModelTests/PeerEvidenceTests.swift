import TestSupport
import Testing

@testable import ChannelModel

@Suite struct PeerEvidenceTests {
  static let start = Moment(nanoseconds: 100_000_000_000)

  static func at(_ seconds: Double) -> Moment {
    Moment(nanoseconds: start.nanoseconds + UInt64(seconds * 1_000_000_000))
  }

  @Test func aReaderIsRuledOutOnlyByWatchingLongEnough() {
    var evidence = PeerEvidence()
    #expect(evidence.reader(at: Self.at(60)) == .notRuledOut)
    evidence.beganToWatch(at: Self.start)
    evidence.beganToWatch(at: Self.at(1))
    #expect(evidence.reader(at: Self.at(1.9)) == .notRuledOut)
    #expect(evidence.reader(at: Self.at(2)) == .ruledOut)
    evidence.lostSight()
    #expect(evidence.reader(at: Self.at(3)) == .notRuledOut)
  }

  @Test func anOpenMakesAReaderKnownForTenSecondsAndIsNotAskedForAgainForFive() {
    var evidence = PeerEvidence(watchedSince: Self.start)
    #expect(evidence.sawOpen(at: Self.at(20)) == Self.at(25))
    #expect(evidence.reader(at: Self.at(30)) == .known)
    #expect(evidence.reader(at: Self.at(30.1)) == .ruledOut)
  }

  @Test func graceIsForReadersAndNeverBesideAWriter() {
    var evidence = PeerEvidence()
    #expect(evidence.rules(at: Self.start).grace == .seconds(2))
    #expect(evidence.timestamps(at: Self.start) == .alone)
    evidence.sawForeignWrite(at: Self.start)
    #expect(evidence.rules(at: Self.at(10)).grace == nil)
    #expect(evidence.timestamps(at: Self.at(10)) == .besideWriter)
    #expect(evidence.rules(at: Self.at(10.1)).grace == .seconds(2))
    evidence.beganToWatch(at: Self.start)
    #expect(evidence.rules(at: Self.at(60)).grace == nil)
    #expect(evidence.timestamps(at: Self.at(60)) == .natural)
  }
}
