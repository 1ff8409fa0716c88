import TestSupport
import Testing

/// What one search of a group allows to go wrong.
struct GroupMishaps: Sendable, CustomTestStringConvertible {
  var members = 3
  var last: UInt64 = 4
  var deaths = 0
  var leaseEnds = 0

  var testDescription: String { "\(members) members, \(last) records, \(deaths) die, \(leaseEnds) leases end" }

  func search(without fix: GroupWorld.Fix? = nil, limit: Int = 600_000) -> StateSearch<GroupWorld> {
    let world = GroupWorld(members: members, last: last, deaths: deaths, leaseEnds: leaseEnds, without: fix)
    return StateSearch(from: world, limit: limit, stopsAtFault: fix != nil)
  }
}

/// The state model of a group, searched over the package's own claims and cursor.
@Suite struct GroupSearchTests {
  static let sound: [GroupMishaps] = [
    GroupMishaps(), GroupMishaps(members: 2, deaths: 1), GroupMishaps(deaths: 2),
    GroupMishaps(members: 2, last: 3, leaseEnds: 2), GroupMishaps(members: 2, last: 3, deaths: 1, leaseEnds: 1),
  ]

  @Test(arguments: sound) func nothingIsLostDoubledOrStuck(_ mishaps: GroupMishaps) {
    let search = mishaps.search()
    print("group, \(mishaps.testDescription): \(search.stateCount) states\(search.isComplete ? ", all" : "")")
    #expect(search.faults.isEmpty, "\(search.report)")
    #expect(search.isComplete)
  }

  static let needed: [(GroupWorld.Fix, GroupMishaps)] = [
    (.claimsAreWrittenBeforeDelivery, GroupMishaps(members: 2, deaths: 1)),
    (.aTurnIsUnderTheGroupsLock, GroupMishaps()),
    (.whatTheDeadHadIsOfferedAgain, GroupMishaps(members: 2, deaths: 1)),
  ]

  @Test(arguments: needed) func withoutTheFixTheSearchFindsHarm(_ fix: GroupWorld.Fix, _ mishaps: GroupMishaps) {
    let search = mishaps.search(without: fix)
    #expect(!search.faults.isEmpty, "\(fix) is not needed against \(mishaps.testDescription)")
    #expect(Self.sound.contains { $0.testDescription == mishaps.testDescription }, "and with it nothing is found")
  }

  @Test func everyFixIsShownToBeNeeded() {
    #expect(Set(Self.needed.map(\.0)) == Set(GroupWorld.Fix.allCases))
  }
}
