// What a member of a group has in hand between its turns.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// The turns of one member, and what it took in them; guarded by its owner.
struct MemberState {
  let files: GroupFiles
  let folder: DirectionFolder
  let options: GroupMember.Options
  let number: GroupClaims.Member
  var stream: RecordStream
  var memberCount: Int
  var isClosed = false

  /// Messages of the stream that are ours, in their order.
  private var taken: ArraySlice<GroupClaims.Given> = []
  /// Messages that have to be looked up, because they were offered before, and those that were.
  private var again: ArraySlice<GroupClaims.Given> = []
  private var ready: ArraySlice<Delivered> = []
  /// When those two were taken.
  private var takenAt = Moment(nanoseconds: 0)
  /// Everything up to here was offered to somebody, as far as we know.
  private var offered = SequenceNumber.none
  private var epoch: UInt32 = 0
  private var unwritten: [SequenceNumber] = []
  /// Turns whose writing failed: what of them came into the files all the same goes back.
  private var failedTurns: [Moment] = []
  private var unwrittenSince: Moment?
  /// They could not be written when that was due: the next acknowledgement tries again, and says why it fails.
  private var isOverdue = false
  private(set) var looksAgainAt: Moment?
  private var turnPatience = TurnPatience()
  /// Somebody else was at the files when they were last to be written.
  private var savesNotBefore = Moment(nanoseconds: 0)
  /// When it was last looked whether the others live.
  private var lastLook = Moment(nanoseconds: 0)

  /// So often it is looked whether the others live, while they have something.
  private static let lookInterval = Duration.milliseconds(100)
  /// So many messages are looked up at a time.
  private static let highestLookUpCount = 16
  private static let savePause = Duration.milliseconds(10)

  init(
    files: GroupFiles,
    folder: DirectionFolder,
    options: GroupMember.Options,
    number: GroupClaims.Member,
    stream: RecordStream,
    memberCount: Int
  ) {
    self.files = files
    self.folder = folder
    self.options = options
    self.number = number
    self.stream = stream
    self.memberCount = memberCount
  }

  // MARK: Delivering

  mutating func next(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
    while true {
      if let delivered = try nextInHand() { return delivered }
      guard try goToNew(depth) || isTurnDue else { return nil }
      guard try takeTurn() else { return nil }
    }
  }

  /// The next of those that are ours already.
  private mutating func nextInHand() throws(ChannelError) -> Delivered? {
    if let lease = options.lease, hasInHand, takenAt.advanced(by: lease) <= .now {
      // They may have gone to somebody else: those who come in time get them, marked.
      dropInHand()
    }
    if !again.isEmpty { try lookUp() }
    if let first = ready.popFirst() { return withGaps(first) }
    while let first = taken.first {
      guard let record = try stream.peek(), stream.epoch == epoch else {
        // Taken from under what we had in hand.
        dropInHand()
        return nil
      }
      guard record.sequenceNumber >= first.number else {
        stream.advance()
        continue
      }
      taken.removeFirst()
      // What we claimed stood in this very stretch; only its bytes may turn out to be no message.
      let message = record.sequenceNumber == first.number ? stream.message() : nil
      if record.sequenceNumber == first.number { stream.advance() }
      guard let message else {
        note(first.number)
        continue
      }
      return withGaps(deliver(message, record, isRepeated: first.isRepeated))
    }
    return nil
  }

  private var hasInHand: Bool { !(taken.isEmpty && again.isEmpty && ready.isEmpty) }

  private mutating func dropInHand() {
    taken = []
    again = []
    ready = []
  }

  private mutating func withGaps(_ delivered: Delivered) -> Delivered {
    let gaps = stream.takeGaps()
    guard !gaps.isEmpty else { return delivered }
    return Delivered(
      message: delivered.message,
      kind: delivered.kind,
      time: delivered.time,
      ticket: delivered.ticket,
      gaps: gaps,
      isRedelivered: delivered.isRedelivered
    )
  }

  /// Begins anew when another journal has taken the place of the one before: what was taken and acknowledged of the old
  /// one means nothing in it.
  private mutating func followJournal() {
    guard stream.epoch != epoch else { return }
    epoch = stream.epoch
    offered = .none
    unwritten = []
    unwrittenSince = nil
    failedTurns = []
    dropInHand()
  }

  /// Goes to the first record that may be nobody's yet; false when there is none now.
  private mutating func goToNew(_ depth: LookDepth) throws(ChannelError) -> Bool {
    while let record = try stream.peek(depth) {
      followJournal()
      if record.sequenceNumber > offered { return true }
      stream.advance()
    }
    return false
  }

  /// Whether a turn may bring something though nothing is new.
  private var isTurnDue: Bool {
    looksAgainAt.map { $0 <= .now } ?? (lastLook == Moment(nanoseconds: 0))
  }

  // MARK: Turns

  /// Takes a share of what is there; false when nothing came of it, or when somebody else is at the files.
  private mutating func takeTurn() throws(ChannelError) -> Bool {
    do throws(ChannelError) {
      try lockForTurn()
    } catch  where error.code == .lockTimeout {
      guard let next = turnPatience.nextLook(at: .now) else { throw error }
      looksAgainAt = next
      return false
    }
    turnPatience.end()
    defer { files.seat.unlock() }
    followJournal()
    let journal = stream.journal
    var shared = try files.read(of: journal)
    apply(to: &shared.group)
    let now = Moment.now
    if let lease = options.lease, now.nanoseconds > lease.wholeNanoseconds {
      shared.group.release(claimedBy: Moment(nanoseconds: now.nanoseconds - lease.wholeNanoseconds))
    }
    let hasNew = stream.rest.contains { $0.sequenceNumber > shared.group.offered }
    if !hasNew || now >= lastLook.advanced(by: Self.lookInterval) { try releaseGone(from: &shared.group, at: now) }
    for moment in failedTurns { shared.group.release(number, claimedAt: moment) }
    var former: [GroupClaims.Given] = []
    var new: [GroupClaims.Given] = []
    if shared.group.hasReleased {
      former = shared.group.claimReleased(Self.highestLookUpCount, for: number, at: now)
    } else if let seen = stream.rest.last?.sequenceNumber {
      let known = shared.group.offered
      let messages = stream.rest.lazy.filter { $0.kind.carriesMessage && $0.sequenceNumber > known }
      let waiting = min(messages.prefix(64 * memberCount).count, Cursor.span)
      new = shared.group.claim(
        GroupClaims.share(of: waiting, among: memberCount),
        of: messages.map(\.sequenceNumber),
        seenThrough: seen,
        for: number,
        at: now
      )
    }
    do throws(ChannelError) {
      try files.write(&shared, of: journal)
    } catch {
      failedTurns.append(now)
      throw error
    }
    wrote()
    let hasMoved = shared.group.offered > offered
    offered = shared.group.offered
    takenAt = now
    taken = new[...]
    again = former[...]
    noteOthers(of: shared.group, at: now, isStuck: !hasInHand && hasNew)
    return hasInHand || hasMoved
  }

  /// A turn is a few system calls long: nobody waits longer for another's.
  private func lockForTurn() throws(ChannelError) {
    try files.seat.lock(until: .now.advanced(by: .microseconds(300)))
  }

  private mutating func releaseGone(from group: inout GroupClaims, at now: Moment) throws(ChannelError) {
    var gone: Set<GroupClaims.Member> = []
    for member in group.members where member != number {
      if try files.isGone(member) { gone.insert(member) }
    }
    group.release(gone)
    memberCount = max(1, try files.memberNumbers().count)
    lastLook = now
  }

  /// Others have something that may come back to us: then nobody tells us, and we look by ourselves; at once for what has
  /// come back and was too much for this turn.
  private mutating func noteOthers(of group: GroupClaims, at now: Moment, isStuck: Bool) {
    guard group.claims.contains(where: { $0.member != number }) else {
      looksAgainAt = nil
      return
    }
    // With a span open, what comes next waits for an acknowledgement of theirs.
    let pause = isStuck ? .milliseconds(5) : Self.lookInterval
    looksAgainAt = group.hasReleased ? now : now.advanced(by: pause)
  }

  /// Reads again what was offered before; what is not there any more is passed, and told as missing. When that fails it
  /// is tried again at the next call.
  private mutating func lookUp() throws(ChannelError) {
    guard let first = again.first else { return }
    var former = RecordStream(folder, of: stream.journal, after: first.number.previous)
    while let next = again.first, let record = try former.peek(), former.epoch == 0 {
      if record.sequenceNumber < next.number {
        former.advance()
      } else if record.sequenceNumber > next.number {
        giveUp(next.number, .dropped)
      } else if let message = record.kind.carriesMessage ? former.message() : nil {
        again.removeFirst()
        ready.append(deliver(message, record))
      } else {
        giveUp(next.number, .damage)
      }
    }
    while let next = again.first { giveUp(next.number, .dropped) }
  }

  private func deliver(_ message: Message, _ record: JournalRecord, isRepeated: Bool = true) -> Delivered {
    Delivered(
      message: message,
      kind: record.kind,
      time: record.time,
      ticket: Delivered.Ticket(number: record.sequenceNumber, epoch: epoch),
      gaps: [],
      isRedelivered: isRepeated
    )
  }

  private mutating func giveUp(_ number: SequenceNumber, _ reason: GapNotice.Reason) {
    again.removeFirst()
    stream.note(GapNotice(reason, from: number, through: number))
    note(number)
  }

  // MARK: Acknowledging

  var hasUnwritten: Bool { !unwritten.isEmpty }

  var savesAt: Moment? {
    guard let unwrittenSince else { return nil }
    switch options.saving {
    case .each: return max(unwrittenSince, savesNotBefore)
    case .together(_, let time): return max(unwrittenSince.advanced(by: time), savesNotBefore)
    }
  }

  var isSavedEach: Bool { if case .each = options.saving { true } else { false } }

  /// Whether so many wait that they are to be written at once.
  var isSavingDue: Bool {
    switch options.saving {
    case .each: hasUnwritten
    case .together(let count, _): unwritten.count >= count || isOverdue
    }
  }

  mutating func acknowledge(_ ticket: Delivered.Ticket) {
    followJournal()
    // Of another epoch it belongs to a journal that is no more.
    if ticket.epoch == epoch { note(ticket.number) }
  }

  private mutating func note(_ number: SequenceNumber) {
    unwritten.append(number)
    if unwrittenSince == nil { unwrittenSince = .now }
  }

  private func apply(to group: inout GroupClaims) {
    // Repeated or out of reach: another did it meanwhile, or the group was reset. Either way nothing is to be done.
    for number in unwritten { _ = group.acknowledge(number) }
  }

  private mutating func wrote() {
    failedTurns = []
    unwritten = []
    unwrittenSince = nil
    isOverdue = false
  }

  /// One turn that only writes what was acknowledged; `.lockTimeout` when somebody else is at the files.
  mutating func save() throws(ChannelError) {
    do throws(ChannelError) {
      try lockForTurn()
    } catch {
      savesNotBefore = .now.advanced(by: Self.savePause)
      isOverdue = error.code != .lockTimeout
      throw error
    }
    defer { files.seat.unlock() }
    isOverdue = true
    followJournal()
    var shared = try files.read(of: stream.journal)
    apply(to: &shared.group)
    for moment in failedTurns { shared.group.release(number, claimedAt: moment) }
    try files.write(&shared, of: stream.journal)
    wrote()
  }

  /// The last turn: what is open goes back, and the member's file goes; `.lockTimeout` when somebody else is at the
  /// files.
  mutating func leave(_ seat: ReaderSeat) throws(ChannelError) {
    try lockForTurn()
    defer { files.seat.unlock() }
    followJournal()
    var shared = try files.read(of: stream.journal)
    apply(to: &shared.group)
    shared.group.release([number])
    try files.write(&shared, of: stream.journal)
    wrote()
    try ReaderRegistry(folder).unlink(seat.name)
  }
}
