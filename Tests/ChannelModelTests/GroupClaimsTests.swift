import TestSupport
import Testing

@testable import ChannelModel

@Suite struct GroupClaimsTests {
  static func moment(_ number: UInt64) -> Moment { Moment(nanoseconds: number) }

  static func numbers(_ range: ClosedRange<UInt64>) -> [SequenceNumber] { range.map { SequenceNumber($0) } }

  private func group(through: UInt64 = 0) -> GroupClaims { GroupClaims(Cursor(through: SequenceNumber(through))) }

  @Test func membersGetEachMessageOnce() {
    var group = group()
    let first = group.claim(3, of: Self.numbers(1...9), seenThrough: SequenceNumber(9), for: 1, at: Self.moment(1))
    let second = group.claim(3, of: Self.numbers(1...9), seenThrough: SequenceNumber(9), for: 2, at: Self.moment(2))
    #expect(first.map(\.number.rawValue) == [1, 2, 3])
    #expect(second.map(\.number.rawValue) == [4, 5, 6])
    #expect((first + second).allSatisfy { !$0.isRepeated })
    #expect(group.claims.count == 2 && group.members == [1, 2])
    #expect(group.acknowledge(SequenceNumber(7)) == .outOfReach)
    for number in [6, 1, 3, 2, 5] as [UInt64] { #expect(group.acknowledge(SequenceNumber(number)) == .accepted) }
    #expect(group.acknowledge(SequenceNumber(5)) == .repeated)
    #expect(group.cursor.through == SequenceNumber(3) && !group.isComplete)
    group.tidy()
    #expect(group.claims.map(\.first) == [SequenceNumber(4)])
  }

  @Test func whatADeadMemberHadIsOfferedAgainAndMarked() {
    var group = group()
    _ = group.claim(4, of: Self.numbers(1...8), seenThrough: SequenceNumber(8), for: 1, at: Self.moment(1))
    _ = group.claim(4, of: Self.numbers(1...8), seenThrough: SequenceNumber(8), for: 2, at: Self.moment(1))
    _ = group.acknowledge(SequenceNumber(2))
    #expect(!group.hasReleased)
    group.release([1])
    #expect(group.hasReleased && group.members == [2])
    let again = group.claimReleased(2, for: 3, at: Self.moment(5))
    #expect(again == [1, 3].map { GroupClaims.Given(number: SequenceNumber($0), isRepeated: true) })
    #expect(group.claimReleased(9, for: 2, at: Self.moment(6)).map(\.number.rawValue) == [4])
    #expect(group.claimReleased(9, for: 2, at: Self.moment(6)).isEmpty && !group.hasReleased)
  }

  @Test func aLeaseEndsForThoseWhoClaimedLongAgo() {
    var group = group()
    _ = group.claim(1, of: Self.numbers(1...2), seenThrough: SequenceNumber(2), for: 1, at: Self.moment(10))
    _ = group.claim(1, of: Self.numbers(1...2), seenThrough: SequenceNumber(2), for: 2, at: Self.moment(20))
    #expect(group.oldestClaim == Self.moment(10))
    group.release(claimedBy: Self.moment(15))
    #expect(group.claimReleased(9, for: 3, at: Self.moment(30)).map(\.number.rawValue) == [1])
    // The one who was slow comes after all: the work is done, and the claim of the other is no more.
    #expect(group.acknowledge(SequenceNumber(1)) == .accepted)
    #expect(group.acknowledge(SequenceNumber(1)) == .repeated)
  }

  @Test func whatCarriesNoMessageIsPassed() {
    var group = group()
    let messages = [3, 5, 90_000, 90_002].map { SequenceNumber($0) }
    func take(_ count: Int) -> [UInt64] {
      group.claim(count, of: messages, seenThrough: SequenceNumber(90_010), for: 1, at: Self.moment(1))
        .map(\.number.rawValue)
    }
    #expect(take(2) == [3, 5])
    #expect(group.offered == SequenceNumber(5) && group.cursor.through == SequenceNumber(2))
    #expect(take(2) == [], "a gap that reaches further than a span waits for what is open")
    _ = group.acknowledge(SequenceNumber(3))
    _ = group.acknowledge(SequenceNumber(5))
    #expect(take(9) == [90_000, 90_002])
    _ = group.acknowledge(SequenceNumber(90_000))
    _ = group.acknowledge(SequenceNumber(90_002))
    #expect(group.cursor.through == SequenceNumber(90_010) && group.isComplete)
  }

  @Test func noMoreThanASpanIsOpen() {
    var group = group()
    let all = Self.numbers(1...5_000)
    let first = group.claim(9_999, of: all, seenThrough: SequenceNumber(5_000), for: 1, at: Self.moment(1))
    #expect(first.count == Cursor.span)
    for given in first.dropFirst() { _ = group.acknowledge(given.number) }
    #expect(group.claim(1, of: all, seenThrough: SequenceNumber(5_000), for: 2, at: Self.moment(2)).isEmpty)
    _ = group.acknowledge(SequenceNumber(1))
    let rest = group.claim(9_999, of: all, seenThrough: SequenceNumber(5_000), for: 2, at: Self.moment(2))
    #expect(rest.map(\.number.rawValue) == Array(4_097...5_000))
  }

  @Test func twoFilesOfDifferentWritingsLoseNothing() {
    var cursor = Cursor(through: SequenceNumber(10))
    _ = cursor.acknowledge(SequenceNumber(13))
    let claims = [
      GroupClaims.Claim(
        first: SequenceNumber(8),
        last: SequenceNumber(11),
        member: 4,
        isRepeated: false,
        since: Self.moment(1)
      ),
      // It lies before the other, which no writer of ours would do.
      GroupClaims.Claim(
        first: SequenceNumber(2),
        last: SequenceNumber(3),
        member: 5,
        isRepeated: false,
        since: Self.moment(1)
      ),
    ]
    var group = GroupClaims(cursor, offered: SequenceNumber(15), claims: claims)
    #expect(group.members == [4])
    #expect(group.claimReleased(9, for: 1, at: Self.moment(2)).map(\.number.rawValue) == [12, 14, 15])
    #expect(group.acknowledge(SequenceNumber(11)) == .accepted)
  }

  @Test func aShareLeavesSomethingForTheOthers() {
    #expect(GroupClaims.share(of: 1, among: 4) == 1)
    #expect(GroupClaims.share(of: 40, among: 4) == 10)
    #expect(GroupClaims.share(of: 4_000, among: 4) == 64)
    #expect(GroupClaims.share(of: 3, among: 0) == 3)
  }
}
