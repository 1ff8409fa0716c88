import Glibc
import TestSupport
import Testing

/// Searches too long for every day; `tools/test --full` asks for them by the environment variable TRANSOM_LONG_SEARCH.
@Suite(
  .serialized,
  .enabled(if: unsafe getenv("TRANSOM_LONG_SEARCH") != nil, "TRANSOM_LONG_SEARCH asks for it")
)
struct LongSearchTests {
  static let limit = 3_000_000

  static let projections: [Mishaps] = [
    Mishaps(crashes: 2), Mishaps(thefts: 2), Mishaps(foreign: 3, crashes: 1),
    Mishaps(crashes: 1, thefts: 1, clears: 1), Mishaps(cap: 2, crashes: 2, thefts: 1),
  ]

  @Test(arguments: projections) func aWindowLosesAndDoublesNothing(_ mishaps: Mishaps) {
    let search = mishaps.search(limit: Self.limit)
    print("projection, \(mishaps.testDescription): \(search.stateCount) states\(search.isComplete ? ", all" : "")")
    #expect(search.faults.isEmpty, "\(search.report)")
  }

  static let journals: [JournalMishaps] = [
    JournalMishaps(sends: 3, writerCrashes: 1, readerCrashes: 1),
    JournalMishaps(sends: 3, retains: true, writerCrashes: 1, readerCrashes: 1),
    JournalMishaps(writerCrashes: 1, readerCrashes: 1, powerLosses: 1), JournalMishaps(powerLosses: 2),
  ]

  @Test(arguments: journals) func aJournalLosesAndDoublesNothing(_ mishaps: JournalMishaps) {
    let search = mishaps.search(limit: Self.limit)
    print("journal, \(mishaps.testDescription): \(search.stateCount) states\(search.isComplete ? ", all" : "")")
    #expect(search.faults.isEmpty, "\(search.report)")
  }
}
