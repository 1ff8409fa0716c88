// Which member of a group has which message.

/// The shared state of a group for one turn under its flock: what is acknowledged, and who was offered the rest.
///
/// Every message up to `offered` that is not acknowledged stands in exactly one claim. A claim without a member waits for
/// the next who comes: its message was offered before and is marked so.
package struct GroupClaims: Hashable, Sendable {
  /// Members are numbered from 1.
  package typealias Member = UInt32

  /// A run of seqs that one member was offered in one turn. Those of it that are acknowledged since are done.
  package struct Claim: Hashable, Sendable {
    package fileprivate(set) var first: SequenceNumber
    package fileprivate(set) var last: SequenceNumber
    /// Nil when it waits for somebody.
    package fileprivate(set) var member: Member?
    /// Whether it had been offered before.
    package fileprivate(set) var isRepeated: Bool
    package fileprivate(set) var since: Moment

    package init(
      first: SequenceNumber,
      last: SequenceNumber,
      member: Member?,
      isRepeated: Bool,
      since: Moment
    ) {
      self.first = first
      self.last = last
      self.member = member
      self.isRepeated = isRepeated
      self.since = since
    }
  }

  package private(set) var cursor: Cursor
  /// Everything up to here was offered to somebody, or passed.
  package private(set) var offered: SequenceNumber
  /// In the order of their seqs, apart from each other.
  package private(set) var claims: [Claim] = []

  /// A group at its beginning.
  package init(_ cursor: Cursor) {
    self.cursor = cursor
    offered = cursor.through
  }

  /// The state as two files show it, which need not be of one writing: what is acknowledged is done whatever the claims
  /// say, and what nobody claims is offered again.
  package init(_ cursor: Cursor, offered: SequenceNumber, claims: [Claim]) {
    self.cursor = cursor
    self.offered = min(max(offered, cursor.through), cursor.deliverableThrough)
    var next = cursor.through.next
    for var claim in claims {
      claim.first = max(claim.first, next)
      claim.last = min(claim.last, self.offered)
      guard claim.first <= claim.last else { continue }
      offerAgain(from: next, before: claim.first)
      self.claims.append(claim)
      next = claim.last.next
    }
    offerAgain(from: next, before: self.offered.next)
  }

  /// Puts what nobody claims and nobody acknowledged into claims that wait for somebody.
  private mutating func offerAgain(from first: SequenceNumber, before end: SequenceNumber) {
    var number = first
    while number < end {
      if !cursor.contains(number) { put(number, for: nil, isRepeated: true, at: Moment(nanoseconds: 0), into: &claims) }
      number = number.next
    }
  }

  private func put(
    _ number: SequenceNumber,
    for member: Member?,
    isRepeated: Bool,
    at now: Moment,
    into claims: inout [Claim]
  ) {
    if let place = claims.indices.last, claims[place].last.next == number, claims[place].member == member,
      claims[place].isRepeated == isRepeated, claims[place].since == now
    {
      claims[place].last = number
    } else {
      claims.append(Claim(first: number, last: number, member: member, isRepeated: isRepeated, since: now))
    }
  }

  // MARK: Giving back

  /// The members that have claims.
  package var members: Set<Member> { Set(claims.compactMap(\.member)) }

  /// Offers again what these members have: they are gone.
  package mutating func release(_ members: Set<Member>) {
    release { $0.member.map(members.contains) ?? false }
  }

  /// Offers again what was claimed at this moment or earlier: its lease has ended.
  package mutating func release(claimedBy moment: Moment) {
    release { $0.member != nil && $0.since <= moment }
  }

  /// Offers again what a member took at this very moment: it never came to know of it.
  package mutating func release(_ member: Member, claimedAt moment: Moment) {
    release { $0.member == member && $0.since == moment }
  }

  private mutating func release(where isOver: (Claim) -> Bool) {
    for place in claims.indices where isOver(claims[place]) {
      claims[place].member = nil
      claims[place].isRepeated = true
    }
  }

  /// The moment of the oldest claim that a member has.
  package var oldestClaim: Moment? { claims.filter { $0.member != nil }.map(\.since).min() }

  // MARK: Claiming

  /// What a member was given.
  package struct Given: Hashable, Sendable {
    package let number: SequenceNumber
    package let isRepeated: Bool
  }

  /// How many a member may take when it sees so many waiting: a share of them, so that the others find some as well.
  package static func share(of waiting: Int, among members: Int) -> Int {
    min(64, max(1, waiting / max(1, members)))
  }

  /// Whether something waits that was offered before.
  package var hasReleased: Bool { claims.contains { $0.member == nil && !isDone($0) } }

  /// Takes up to `count` of what was offered before and waits for somebody, the oldest first.
  package mutating func claimReleased(_ count: Int, for member: Member, at now: Moment) -> [Given] {
    var given: [Given] = []
    var kept: [Claim] = []
    for claim in claims {
      guard claim.member == nil, given.count < count else {
        kept.append(claim)
        continue
      }
      var number = claim.first
      while number <= claim.last {
        if !cursor.contains(number) {
          let isTaken = given.count < count
          put(number, for: isTaken ? member : nil, isRepeated: true, at: isTaken ? now : claim.since, into: &kept)
          if isTaken { given.append(Given(number: number, isRepeated: true)) }
        }
        number = number.next
      }
    }
    claims = kept
    return given
  }

  /// Takes up to `count` of the messages that a member sees, in the order of their seqs. Those that were offered already
  /// are left out; what lies between them carries no message and is passed, up to `seen` when all are taken.
  ///
  /// Fewer come, or none, when the oldest open one is a span away.
  package mutating func claim(
    _ count: Int,
    of messages: some Sequence<SequenceNumber>,
    seenThrough seen: SequenceNumber,
    for member: Member,
    at now: Moment
  ) -> [Given] {
    var given: [Given] = []
    for number in messages where number > offered {
      guard given.count < count, pass(through: number.previous), number <= cursor.deliverableThrough else {
        return given
      }
      offered = number
      guard !cursor.contains(number) else { continue }
      put(number, for: member, isRepeated: false, at: now, into: &claims)
      given.append(Given(number: number, isRepeated: false))
    }
    _ = pass(through: seen)
    return given
  }

  /// Counts what carries no message as acknowledged; false when it lies too far on.
  private mutating func pass(through number: SequenceNumber) -> Bool {
    guard number > offered else { return true }
    if cursor.through >= offered {
      cursor.skip(through: number)
      claims = []
    } else {
      guard number <= cursor.deliverableThrough else { return false }
      var passed = offered
      while passed < number {
        passed = passed.next
        _ = cursor.acknowledge(passed)
      }
    }
    offered = number
    return true
  }

  // MARK: Acknowledging

  /// Takes an acknowledgement, whoever has the claim by now: the work is done.
  package mutating func acknowledge(_ number: SequenceNumber) -> Cursor.Acknowledgement {
    number <= offered ? cursor.acknowledge(number) : .outOfReach
  }

  /// Whether everything that was offered is acknowledged.
  package var isComplete: Bool { cursor.through >= offered }

  private func isDone(_ claim: Claim) -> Bool {
    var number = claim.first
    while number <= claim.last {
      if !cursor.contains(number) { return false }
      number = number.next
    }
    return true
  }

  /// Forgets the claims of which everything is acknowledged: to be called before they are written.
  package mutating func tidy() {
    claims.removeAll { $0.last <= cursor.through }
    // Beyond the cursor only where it pays: most tables are short.
    if claims.count > 32 { claims.removeAll(where: isDone) }
  }
}
