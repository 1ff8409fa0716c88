import TestSupport
import Testing

@testable import ChannelModel

/// Ways of a run that no search over a small world can tell apart.
@Suite struct ProjectionRunTests {
  static func entries(_ count: UInt64) -> [Projection.Entry] {
    ProjectionTests.entries(1...count)
  }

  /// Leads a run to its publication with an empty window.
  static func published(
    until wanted: UInt64,
    journal count: UInt64,
    shown: UInt64 = 0,
    isClearPossible: Bool = true
  ) -> (floor: SequenceNumber, outcome: ProjectionRun.Action) {
    var run = ProjectionRun(until: SequenceNumber(wanted), rules: Projection.Rules())
    let known = ProjectionRun.ProjectedSeqs(
      through: SequenceNumber(shown),
      shown: .none,
      floor: .none,
      isConfirmed: true
    )
    let look = ProjectionRun.Look(projected: known, isMatched: false)
    _ = run.looked(look)
    _ = run.projectLockTaken()
    _ = run.windowLockTaken()
    _ = run.looked(look)
    let scene = ProjectionRun.Scene(
      content: [],
      journal: entries(count),
      floor: .none,
      now: ProjectionTests.now,
      isClearPossible: isClearPossible
    )
    var floor = SequenceNumber.none
    if case .recordFloor(let recorded) = run.windowRead(scene) {
      floor = recorded
      _ = run.floorRecorded()
    }
    _ = run.windowLockChecked(isOurs: true)
    return (floor, run.published(cameBackExpected: true))
  }

  @Test func whatNewerOnesPushedOutBeforeItWasShownIsOvertaken() {
    #expect(Self.published(until: 1, journal: 101).outcome == .finish(.overtaken))
    #expect(Self.published(until: 2, journal: 101).outcome == .finish(.visible))
  }

  @Test func anEmptiedWindowIsAClearButNotInANewChannel() {
    #expect(Self.published(until: 9, journal: 9, shown: 5).floor == SequenceNumber(5))
    #expect(Self.published(until: 9, journal: 9, shown: 5, isClearPossible: false).floor == .none)
  }
}
