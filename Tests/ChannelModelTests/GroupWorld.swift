// A group whose members may die at any point of a turn.

import ChannelModel
import TestSupport

/// Members that share a journal of a few records, of which the second carries no message; the two files of the group are
/// written one after the other.
struct GroupWorld: SearchableWorld {
  enum Fix: String, CaseIterable, Hashable {
    case claimsAreWrittenBeforeDelivery
    case aTurnIsUnderTheGroupsLock
    case whatTheDeadHadIsOfferedAgain
  }

  struct Disk: Hashable {
    var cursor = Cursor()
    var offered = SequenceNumber.none
    var claims: [GroupClaims.Claim] = []
  }

  /// A turn that was decided and has these steps left.
  struct Turn: Hashable {
    enum Step: Hashable { case writeCursor, writeClaims, unlockAndDeliver }
    var after: Disk
    var given: [GroupClaims.Given]
    var written: Set<SequenceNumber>
    var steps: [Step] = [.writeCursor, .writeClaims, .unlockAndDeliver]
  }

  struct Member: Hashable {
    var isAlive = true
    var turn: Turn?
    /// What its program was given and has not acknowledged.
    var open: [GroupClaims.Given] = []
    /// What its program acknowledged and no turn has written yet.
    var unwritten: Set<SequenceNumber> = []
  }

  var without: Fix?
  var deaths: Int
  var leaseEnds: Int
  let last: UInt64
  var disk = Disk()
  var members: [Member]
  var holder: Int?
  /// What some program acknowledged, and how often as one that had not been offered before.
  var done: Set<SequenceNumber> = []
  var unmarked: [SequenceNumber: Int] = [:]

  init(members: Int = 3, last: UInt64 = 4, deaths: Int = 0, leaseEnds: Int = 0, without: Fix? = nil) {
    self.members = Array(repeating: Member(), count: members)
    self.last = last
    self.deaths = deaths
    self.leaseEnds = leaseEnds
    self.without = without
  }

  static func isMishap(_ step: String) -> Bool { step.contains("dies") || step.contains("lease") }

  private var messages: [SequenceNumber] { (1...last).filter { $0 != 2 }.map { SequenceNumber($0) } }

  // MARK: Steps

  func steps() -> [(name: String, world: GroupWorld)] {
    var steps: [(name: String, world: GroupWorld)] = []
    func add(_ name: String, _ change: (inout GroupWorld) -> Void) {
      var world = self
      change(&world)
      if world != self { steps.append((name, world)) }
    }
    for place in members.indices where members[place].isAlive { addSteps(of: place, add) }
    return steps
  }

  private func addSteps(of place: Int, _ add: (String, (inout GroupWorld) -> Void) -> Void) {
    let member = members[place]
    let name = ["A", "B", "C", "D"][place]
    if deaths > 0 {
      add("\(name) dies") {
        $0.deaths -= 1
        $0.members[place] = Member(isAlive: false)
        if $0.holder == place { $0.holder = nil }
      }
    }
    for given in member.open {
      add("\(name)'s program acknowledges \(given.number)") { $0.acknowledge(given, for: place) }
    }
    guard let turn = member.turn else {
      guard holder == nil || without == .aTurnIsUnderTheGroupsLock else { return }
      add("\(name) begins a turn") { $0.beginTurn(of: place, leaseEnds: false) }
      if leaseEnds > 0 {
        add("\(name) begins a turn, the lease of all has ended") { $0.beginTurn(of: place, leaseEnds: true) }
      }
      return
    }
    switch turn.steps.first {
    case .writeCursor:
      add("\(name) writes the cursor") {
        $0.disk.cursor = turn.after.cursor
        $0.members[place].turn?.steps.removeFirst()
      }
    case .writeClaims:
      add("\(name) writes the claims") {
        $0.disk.offered = turn.after.offered
        $0.disk.claims = turn.after.claims
        $0.members[place].turn?.steps.removeFirst()
      }
    case .unlockAndDeliver, nil:
      add("\(name) unlocks and delivers") {
        if $0.holder == place { $0.holder = nil }
        $0.members[place].turn = nil
        $0.members[place].unwritten.subtract(turn.written)
        if without != .claimsAreWrittenBeforeDelivery { $0.members[place].open += turn.given }
      }
    }
  }

  private mutating func acknowledge(_ given: GroupClaims.Given, for place: Int) {
    members[place].open.removeAll { $0 == given }
    members[place].unwritten.insert(given.number)
    done.insert(given.number)
    if !given.isRepeated { unmarked[given.number, default: 0] += 1 }
  }

  private mutating func beginTurn(of place: Int, leaseEnds ends: Bool) {
    var group = GroupClaims(disk.cursor, offered: disk.offered, claims: disk.claims)
    let written = members[place].unwritten
    for number in written { _ = group.acknowledge(number) }
    if without != .whatTheDeadHadIsOfferedAgain {
      let dead = members.indices.filter { !members[$0].isAlive }.map { GroupClaims.Member($0 + 1) }
      group.release(Set(dead))
    }
    if ends {
      group.release(claimedBy: Moment(nanoseconds: 0))
      leaseEnds -= 1
    }
    let member = GroupClaims.Member(place + 1)
    let now = Moment(nanoseconds: 0)
    var given = group.claimReleased(2, for: member, at: now)
    if given.isEmpty {
      given = group.claim(2, of: messages, seenThrough: SequenceNumber(last), for: member, at: now)
    }
    group.tidy()
    let after = Disk(cursor: group.cursor, offered: group.offered, claims: group.claims)
    guard !given.isEmpty || after != disk || !written.isEmpty else { return }
    holder = place
    members[place].turn = Turn(after: after, given: given, written: written)
    if without == .claimsAreWrittenBeforeDelivery { members[place].open += given }
  }

  // MARK: What must never be

  func faults(isAtRest: Bool) -> Set<String> {
    var faults: Set<String> = []
    for message in messages where disk.cursor.contains(message) && !done.contains(message) {
      faults.insert("a message is passed that nobody acknowledged")
    }
    if unmarked.values.contains(where: { $0 > 1 }) { faults.insert("acknowledged twice without a mark") }
    if isAtRest, members.contains(where: \.isAlive), disk.cursor.through < SequenceNumber(last) {
      faults.insert("stuck: \(members.contains { !$0.open.isEmpty } ? "something is open" : "nobody has it")")
    }
    return faults
  }
}
