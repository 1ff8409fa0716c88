import TestSupport
import Testing

/// What one search allows to go wrong.
struct Mishaps: Sendable, CustomTestStringConvertible {
  var cap = 4
  var foreign: UInt8 = 2
  var memory: Int?
  var crashes = 0
  var thefts = 0
  var clears = 0

  var testDescription: String {
    "cap \(cap), \(foreign) foreign, \(crashes) crashes, \(thefts) thefts, \(clears) clears"
      + (memory.map { ", memory of \($0)" } ?? "")
  }

  func search(without fix: ProjectionWorld.Fix? = nil, limit: Int) -> StateSearch<ProjectionWorld> {
    let setup = ProjectionWorld.Setup(cap: cap, foreignCount: foreign, memory: memory, without: fix)
    let world = ProjectionWorld(setup, crashes: crashes, thefts: thefts, clears: clears)
    return StateSearch(from: world, limit: limit, stopsAtFault: fix != nil)
  }
}

/// The state models of window, projection and import, searched over the package's own values.
@Suite struct ProjectionSearchTests {
  static let sound: [Mishaps] = [
    Mishaps(), Mishaps(crashes: 1), Mishaps(thefts: 1), Mishaps(crashes: 1, thefts: 1),
    Mishaps(cap: 2, crashes: 1), Mishaps(cap: 2, thefts: 1),
    Mishaps(clears: 1), Mishaps(foreign: 1, crashes: 1, clears: 1),
    Mishaps(foreign: 1, thefts: 1, clears: 1), Mishaps(foreign: 1, clears: 2),
    Mishaps(cap: 1, foreign: 4, memory: 2, crashes: 1),
  ]

  @Test(arguments: sound) func nothingIsLostDoubledOrStuck(_ mishaps: Mishaps) {
    let search = mishaps.search(limit: 400_000)
    print("projection, \(mishaps.testDescription): \(search.stateCount) states\(search.isComplete ? ", all" : "")")
    #expect(search.faults.isEmpty, "\(search.report)")
    #expect(search.isComplete)
  }

  /// What each fix is needed for: the smallest set of mishaps that it answers.
  static let needed: [(ProjectionWorld.Fix, Mishaps)] = [
    (.coverageIsVerified, Mishaps()),
    (.importerNeverWritesProjected, Mishaps()),
    (.whatCameBackIsLookedAt, Mishaps(thefts: 1)),
    (.whatAStaleCopyDroppedIsRestored, Mishaps(crashes: 1)),
    (.ownIDsProveThemselves, Mishaps(cap: 1, foreign: 4, memory: 2, crashes: 1)),
    (.orphansAreImported, Mishaps(crashes: 1, thefts: 1)),
    (.onlyWhatWasShownIsCleared, Mishaps(crashes: 1)),
  ]

  @Test(arguments: needed) func withoutTheFixTheSearchFindsHarm(_ fix: ProjectionWorld.Fix, _ mishaps: Mishaps) {
    let search = mishaps.search(without: fix, limit: 400_000)
    #expect(!search.faults.isEmpty, "\(fix) is not needed against \(mishaps.testDescription)")
    #expect(Self.sound.contains { $0.testDescription == mishaps.testDescription }, "and with it nothing is found")
  }

  @Test func everyFixIsShownToBeNeeded() {
    #expect(Set(Self.needed.map(\.0)) == Set(ProjectionWorld.Fix.allCases))
  }
}
