// One of several who share what comes.

package import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// Reads a direction together with the other members of a group, in this process and others: each message goes to one of
/// them, and to another, marked, when that one is gone.
///
/// What a member takes is written before it is delivered, a share of what is there at a time. No call waits but for
/// `join`, and for the group's flock in `acknowledge`, `save` and `close`; the owner calls `tryNext` when the journal
/// grew and at `looksAgainAt`, and `saveIfDue` at `savesAt`.
package final class GroupMember: Sendable {
  /// How a member takes part.
  package struct Options: Sendable {
    package var start = ReaderRegistry.Start.start
    package var saving = ReaderProgress.Saving.coalesced
    /// So long a member may take for a message before it is offered to another; nil for ever, as long as it lives.
    package var lease: Duration?

    /// A shorter one would be over before what was taken is delivered.
    package static let shortestLease = Duration.milliseconds(10)

    package init() {}
  }

  private let files: GroupFiles
  private let seat: ReaderSeat
  private let state: Mutex<MemberState>

  package var name: String { files.name }

  /// Takes part in a group, registering it if it is new; locks are waited for on the calling thread until the deadline.
  package static func join(
    _ name: ReaderName,
    in folder: DirectionFolder,
    options: Options = Options(),
    until deadline: Moment? = nil
  ) throws(ChannelError) -> GroupMember {
    let registry = ReaderRegistry(folder)
    var options = options
    options.lease = options.lease.map { max($0, Options.shortestLease) }
    let deadline = deadline ?? Moment.now.advanced(by: ReaderRegistry.patience)
    while true {
      let group: ReaderSeat
      if let there = try ReaderSeat.open(name.text, in: folder.readers) {
        group = there
      } else {
        let start = options.start
        // Nil when somebody else made it meanwhile.
        guard let made = try registry.make(name.text, .group, from: start, isHeld: false, until: deadline) else {
          guard Moment.now < deadline else { throw registry.dropped(name) }
          continue
        }
        group = made.seat
      }
      try registry.check(group, is: .group)
      do throws(ChannelError) {
        try group.lock(until: deadline)
      } catch  where error.code == .closed && Moment.now < deadline {
        // Dropped since it was opened.
        continue
      }
      defer { group.unlock() }
      let files = try GroupFiles(group, in: folder)
      // The journal's lock comes after the group's.
      let held = try registry.look(until: deadline)
      let joined = try files.join()
      var shared = try files.read(of: held.journal)
      // The number as well: who had it before may have left claims, when somebody took his file away and came no further.
      shared.group.release(joined.gone.union([joined.number]))
      try files.write(&shared, of: held.journal)
      var stream = RecordStream(
        folder,
        of: held.journal,
        after: shared.group.cursor.through,
        isOwedAll: !shared.isReplaced
      )
      if shared.isReplaced { stream.note(GapNotice(.replaced)) }
      let state = MemberState(
        files: files,
        folder: folder,
        options: options,
        number: joined.number,
        stream: stream,
        memberCount: try files.memberNumbers().count
      )
      return GroupMember(files, joined.seat, state)
    }
  }

  private init(_ files: GroupFiles, _ seat: ReaderSeat, _ state: sending MemberState) {
    self.files = files
    self.seat = seat
    self.state = Mutex(state)
  }

  deinit {
    // Nobody is left to be told: its flock is free then, and what it had is offered again.
    try? close(until: .now)
  }

  /// The next message that is this member's; nil when there is none now.
  package func tryNext() throws(ChannelError) -> Delivered? { try tryNext(.thorough) }

  /// The next message, as far as a look of that depth sees it.
  func tryNext(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
    try state.withLock { state throws(ChannelError) in
      try checkOpen(state)
      return try state.next(depth)
    }
  }

  /// When to call `tryNext` again though the journal did not grow: others have messages that may come back, or somebody
  /// was at the group's files just now.
  package var looksAgainAt: Moment? { state.withLock { $0.looksAgainAt } }

  /// The gaps that were met and that no message came behind yet; each member is told of them.
  package func takeGaps() -> [GapNotice] {
    state.withLock { $0.stream.takeGaps() }
  }

  /// Acknowledges a message, in any order. With saving `.each` that is written before this returns.
  ///
  /// When it cannot be written that is thrown; the acknowledgement stands and is written with the next.
  package func acknowledge(_ ticket: Delivered.Ticket) throws(ChannelError) {
    let (isDue, isEach) = try state.withLock { state throws(ChannelError) in
      try checkOpen(state)
      state.acknowledge(ticket)
      return (state.isSavingDue, state.isSavedEach)
    }
    guard isDue else { return }
    do throws(ChannelError) {
      try save(until: isEach ? Moment.now.advanced(by: ReaderRegistry.patience) : .now)
    } catch  where !isEach && error.code == .lockTimeout {
      // Somebody else is at the files: the owner's timer writes them.
    }
  }

  /// Whether an acknowledgement takes a turn at the group's files, for whose lock it may have to wait.
  package var acknowledgingMayWait: Bool { state.withLock { $0.isSavedEach } }

  /// When what was acknowledged is to be written at the latest; nil while nothing waits for it.
  package var savesAt: Moment? { state.withLock { $0.savesAt } }

  /// Writes what was acknowledged if it is time; for the owner's timer. It does not wait.
  package func saveIfDue(at now: Moment) throws(ChannelError) {
    do throws(ChannelError) {
      try state.withLock { state throws(ChannelError) in
        if !state.isClosed, let due = state.savesAt, due <= now { try state.save() }
      }
    } catch  where error.code == .lockTimeout {
      // Somebody else is at the files: `savesAt` says when to try again.
    }
  }

  /// Writes what was acknowledged if anything waits for it.
  package func save() throws(ChannelError) {
    try save(until: Moment.now.advanced(by: ReaderRegistry.patience))
  }

  private func save(until deadline: Moment) throws(ChannelError) {
    try tryTurn(until: deadline) { state throws(ChannelError) in
      if !state.isClosed, state.hasUnwritten { try state.save() }
    }
  }

  /// Writes what was acknowledged and leaves the group; what is open is offered to the others at once.
  package func close() throws(ChannelError) {
    try close(until: Moment.now.advanced(by: Self.patience))
  }

  /// So long who leaves waits for his last turn; without it what he had is offered again, as when he had died.
  private static let patience = Duration.seconds(1)

  func close(until deadline: Moment) throws(ChannelError) {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    guard isFirst else { return }
    defer { seat.unlock() }
    try tryTurn(until: deadline) { state throws(ChannelError) in try state.leave(seat) }
  }

  /// Waits outside of the lock: the thread that notices changes asks this member when it is to be saved.
  private func tryTurn(
    until deadline: Moment,
    _ turn: @Sendable (inout MemberState) throws(ChannelError) -> Void
  ) throws(ChannelError) {
    var backoff = Backoff.flock
    while true {
      do throws(ChannelError) {
        return try state.withLock { state throws(ChannelError) in try turn(&state) }
      } catch {
        guard error.code == .lockTimeout, Moment.now < deadline else { throw error }
      }
      KernelClock.pause(backoff.next(jitter: .random(in: .min ... .max)))
    }
  }

  private func checkOpen(_ state: borrowing MemberState) throws(ChannelError) {
    if state.isClosed { throw ChannelError(.closed, at: seat.path, "the member has left the group") }
  }
}
