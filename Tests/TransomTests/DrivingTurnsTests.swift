import TestSupport
import Testing

@testable import Transom

/// Who drives: small worlds in every state that they can reach.
@Suite struct DrivingTurnsTests {
  @Test(arguments: [(1, 4), (2, 3), (3, 3)])
  func somebodyAlwaysDrivesAndNobodyWaitsForWhatHasCome(_ callers: Int, _ entries: Int) {
    let search = StateSearch(from: DrivingWorld(callers: callers, entries: entries), limit: 2_000_000)
    #expect(search.isComplete)
    #expect(search.faults.isEmpty, "\(search.report)")
  }

  private func look(_ turns: inout DrivingTurns) -> DrivingTurns.OwnTurn { turns.ownThreadLooks().0 }

  @Test func theOwnThreadSleepsWhileACallerStaysAndLooksOnceItHasLeft() {
    var turns = DrivingTurns()
    #expect(look(&turns) == .drive)
    #expect(turns.enter() == .leadInsteadOfOwnThread)
    #expect(turns.ownThreadWorks() == false)
    #expect(look(&turns) == .standByAndLook)
    #expect(look(&turns) == .standBy)
    #expect(turns.leaderLeaves() == .look)
    // Callers come and go: it is told once, and looks again after each pause.
    for _ in 0..<3 {
      #expect(turns.enter() == .lead)
      #expect(turns.leaderLeaves() == .nobody)
      #expect(look(&turns) == .standByAndLook)
    }
    #expect(look(&turns) == .drive)
  }

  @Test func theOwnThreadLetsACallerDriveThatCameWhileItWorked() {
    var turns = DrivingTurns()
    #expect(look(&turns) == .drive)
    #expect(turns.ownThreadWorks() == true)
    #expect(turns.enter() == .follow)
    #expect(turns.followerMayLead() == false)
    let (turn, handover) = turns.ownThreadLooks()
    #expect(turn == .standByAndLook)
    #expect(handover == .follower)
    #expect(turns.followerMayLead() == true)
  }
}
