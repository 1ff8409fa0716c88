import TestSupport
import Testing

/// What one search of the journal allows to go wrong.
struct JournalMishaps: Sendable, CustomTestStringConvertible {
  var sends = 2
  var recordsInASend = 1
  var retains = false
  var writerCrashes = 0
  var readerCrashes = 0
  var powerLosses = 0
  var failedFlushes = 0

  var testDescription: String {
    "\(sends) sends of \(recordsInASend), \(writerCrashes) writers and \(readerCrashes) readers die, "
      + "\(powerLosses) power losses, \(failedFlushes) failed flushes\(retains ? ", retention" : "")"
  }

  func search(without fix: JournalWorld.Fix? = nil, limit: Int = 400_000) -> StateSearch<JournalWorld> {
    let setup = JournalWorld.Setup(
      sends: sends,
      recordsInASend: recordsInASend,
      retains: retains,
      without: fix
    )
    let world = JournalWorld(
      setup,
      writerCrashes: writerCrashes,
      readerCrashes: readerCrashes,
      powerLosses: powerLosses,
      failedFlushes: failedFlushes
    )
    return StateSearch(from: world, limit: limit, stopsAtFault: fix != nil)
  }
}

/// The state model of the journal, searched over the package's own tail, plan, scan, follower and retention.
@Suite struct JournalSearchTests {
  static let sound: [JournalMishaps] = [
    JournalMishaps(), JournalMishaps(writerCrashes: 1, readerCrashes: 1),
    JournalMishaps(retains: true, writerCrashes: 1, readerCrashes: 1), JournalMishaps(powerLosses: 1),
    JournalMishaps(sends: 1, recordsInASend: 2, writerCrashes: 1, readerCrashes: 1),
    JournalMishaps(writerCrashes: 1, powerLosses: 1), JournalMishaps(failedFlushes: 2),
    JournalMishaps(sends: 1, writerCrashes: 1, failedFlushes: 2),
    JournalMishaps(sends: 1, powerLosses: 1, failedFlushes: 1),
  ]

  @Test(arguments: sound) func nothingIsLostDoubledOrStuck(_ mishaps: JournalMishaps) {
    let search = mishaps.search()
    print("journal, \(mishaps.testDescription): \(search.stateCount) states\(search.isComplete ? ", all" : "")")
    #expect(search.faults.isEmpty, "\(search.report)")
    #expect(search.isComplete)
  }

  static let needed: [(JournalWorld.Fix, JournalMishaps)] = [
    (.oneFixedLock, JournalMishaps()),
    (.segmentIsReadOutBeforeMovingOn, JournalMishaps(writerCrashes: 1, readerCrashes: 1)),
    (.seqNeverGoesBackBelowACursor, JournalMishaps(powerLosses: 1)),
    (.batchesAreWholeOrNotThere, JournalMishaps(sends: 1, recordsInASend: 2, writerCrashes: 1, readerCrashes: 1)),
  ]

  @Test(arguments: needed) func withoutTheFixTheSearchFindsHarm(_ fix: JournalWorld.Fix, _ mishaps: JournalMishaps) {
    let search = mishaps.search(without: fix)
    #expect(!search.faults.isEmpty, "\(fix) is not needed against \(mishaps.testDescription)")
    #expect(Self.sound.contains { $0.testDescription == mishaps.testDescription }, "and with it nothing is found")
  }

  @Test func everyFixIsShownToBeNeeded() {
    #expect(Set(Self.needed.map(\.0)) == Set(JournalWorld.Fix.allCases))
  }
}
