// A reader that keeps its place under a name.

package import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// Reads a direction under a name, from where it stopped: at least once across a crash, and never again what was
/// acknowledged before the last writing of the cursor.
///
/// One process at a time reads under a name. No call waits, but for `open` with a deadline; the owner calls `tryNext`
/// when the journal grew, and `saveIfDue` at `savesAt`.
package final class DurableReader: Sendable {
  private struct State {
    var stream: RecordStream
    var progress: ReaderProgress
    var epoch: UInt32 = 0
    var generation: UInt64
    /// It could not be written when that was due: the next acknowledgement tries again, and says why it fails.
    var isOverdue = false
    var isClosed = false
  }

  package let name: String
  private let seat: ReaderSeat
  private let header: ReaderFile.Header
  private let folder: DirectionFolder
  private let saving: ReaderProgress.Saving
  private let state: Mutex<State>

  /// Takes the name, registering it if it is new. When somebody reads under it, that is waited for on the calling
  /// thread until the deadline; without one it is an error at once. The journal's lock has a deadline of its own.
  package static func open(
    _ name: ReaderName,
    in folder: DirectionFolder,
    start: ReaderRegistry.Start = .start,
    saving: ReaderProgress.Saving = .coalesced,
    until deadline: Moment? = nil,
    lockedUntil lockDeadline: Moment? = nil
  ) throws(ChannelError) -> DurableReader {
    let registry = ReaderRegistry(folder)
    let taken = try registry.take(name.text, .reader, from: start, until: deadline, lockedUntil: lockDeadline)
    do throws(ChannelError) {
      let held = try registry.look(until: lockDeadline)
      return DurableReader(taken, name.text, in: folder, held, saving)
    } catch {
      registry.giveBack(taken)
      throw error
    }
  }

  private init(
    _ taken: ReaderRegistry.Taken,
    _ name: String,
    in folder: DirectionFolder,
    _ held: (journal: UniqueID, last: SequenceNumber),
    _ saving: ReaderProgress.Saving
  ) {
    self.name = name
    self.folder = folder
    self.saving = saving
    seat = taken.seat
    header = taken.header
    let start = ReaderStart(.cursor(taken.slot), journal: held.journal, last: held.last)
    var stream = RecordStream(folder, of: held.journal, after: start.after, isOwedAll: start.gap == nil)
    if let gap = start.gap { stream.note(gap) }
    state = Mutex(
      State(
        stream: stream,
        progress: ReaderProgress(start.cursor, saving: saving, mayRepeat: taken.mayRepeat),
        generation: taken.slot?.generation ?? 0
      )
    )
  }

  deinit {
    // Nobody is left to be told; what cannot be written now comes again to the next who reads under the name.
    try? close()
  }

  // MARK: Delivering

  /// The next message; nil when nothing is new, or when so much is open that an older one has to be acknowledged first.
  package func tryNext() throws(ChannelError) -> Delivered? { try tryNext(.thorough) }

  /// The next message, as far as a look of that depth sees it.
  func tryNext(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
    try state.withLock { state throws(ChannelError) in
      guard !state.isClosed else { throw closed }
      while let record = try state.stream.peek(depth) {
        follow(&state)
        let number = record.sequenceNumber
        guard record.kind.carriesMessage else {
          guard state.progress.pass(number, at: .now) else { return nil }
          state.stream.advance()
          continue
        }
        switch state.progress.meet(number, at: .now) {
        case .waitForAcknowledgement: return nil
        case .isDone: state.stream.advance()
        case .save: try save(&state)
        case .deliver(let isRedelivered):
          let message = state.stream.message()
          state.stream.advance()
          guard let message else {
            _ = state.progress.acknowledge(number, at: .now)
            continue
          }
          return Delivered(
            message: message,
            kind: record.kind,
            time: record.time,
            ticket: Delivered.Ticket(number: number, epoch: state.epoch),
            gaps: state.stream.takeGaps(),
            isRedelivered: isRedelivered,
            journal: state.stream.journal
          )
        }
      }
      return nil
    }
  }

  /// The gaps that were met and that no message came behind yet; who takes them is the one to tell of them.
  package func takeGaps() -> [GapNotice] {
    state.withLock { $0.stream.takeGaps() }
  }

  /// Begins anew when another journal has taken the place of the one before: the old one's cursor means nothing in it.
  private func follow(_ state: inout State) {
    guard state.epoch != state.stream.epoch else { return }
    state.epoch = state.stream.epoch
    state.progress = ReaderProgress(Cursor(), saving: saving)
  }

  // MARK: Acknowledging

  /// Acknowledges a message, in any order. With saving `.each` the cursor is written before this returns.
  ///
  /// When the cursor cannot be written that is thrown; the acknowledgement stands and is written with the next.
  package func acknowledge(_ ticket: Delivered.Ticket) throws(ChannelError) {
    try state.withLock { state throws(ChannelError) in
      guard !state.isClosed else { throw closed }
      follow(&state)
      // It belongs to a journal that is no more.
      guard ticket.epoch == state.epoch else { return }
      switch state.progress.acknowledge(ticket.number, at: .now) {
      case .accepted, .repeated: break
      case .unknown: throw ChannelError(.misuse, at: seat.path, "message \(ticket.number) was not delivered")
      }
      if state.progress.isSavingDue || state.isOverdue { try save(&state) }
    }
  }

  /// When the cursor is to be written at the latest; nil while nothing waits for it.
  package var savesAt: Moment? { state.withLock { $0.progress.savesAt } }

  /// Writes the cursor if it is time; for the owner's timer.
  package func saveIfDue(at now: Moment) throws(ChannelError) {
    try state.withLock { state throws(ChannelError) in
      if !state.isClosed, state.progress.needsSaving(at: now) { try save(&state) }
    }
  }

  /// Writes the cursor if anything waits for it.
  package func save() throws(ChannelError) {
    try state.withLock { state throws(ChannelError) in
      if !state.isClosed, state.progress.isUnwritten { try save(&state) }
    }
  }

  private func save(_ state: inout State) throws(ChannelError) {
    follow(&state)
    state.isOverdue = true
    // After a failure the same slot is tried again: the other one holds the cursor that was written before.
    let slot = ReaderFile.Slot(
      generation: state.generation + 1,
      journal: state.stream.journal,
      cursor: state.progress.cursor,
      written: folder.options.clock()
    )
    try seat.write(slot)
    if try seat.isDropped() { throw seat.dropped }
    state.generation += 1
    state.progress.wasSaved()
    state.isOverdue = false
  }

  // MARK: Ending

  /// Writes the cursor and lets the name go. When the cursor cannot be written that is thrown, and the name is let go.
  package func close() throws(ChannelError) {
    try state.withLock { state throws(ChannelError) in
      guard !state.isClosed else { return }
      state.isClosed = true
      defer { seat.unlock() }
      if state.progress.isUnwritten { try save(&state) }
      var left = header
      // Whoever wants to know whether it is still used sees when it was.
      left.heldSince = folder.options.clock()
      // Nothing that was delivered is open: whoever comes next need not take anything for a repetition.
      if state.progress.isComplete { left.process = 0 }
      try seat.write(left)
    }
  }

  private var closed: ChannelError { ChannelError(.closed, at: seat.path, "the reader was closed") }
}
