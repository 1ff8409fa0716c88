// How a channel is read by one consumer.

internal import ChannelModel
internal import Synchronization

/// Reads messages one after the other for one consumer, which asks for each.
///
/// Nothing is read ahead of the consumer but the block that its reader holds: who reads slowly costs no memory, and
/// holds segments instead.
///
/// Nobody holds it weakly, which would slow down every holding and letting go of it: each message has several of those.
final class Reading: Sendable {
  /// Makes the reader, also anew in a channel that took the place of the one before; locks are waited for until the
  /// moment.
  typealias Opening = @Sendable (DirectionFolder, Entry, Moment) throws(ChannelError) -> any MessageReader

  /// How a stream comes to a channel.
  enum Entry: Hashable, Sendable {
    case first
    /// The channel took the place of the one before.
    case successor
    /// It came before, when a lock was busy, and the newest seq was this.
    case late(SequenceNumber)

    /// Where it begins that never read, and was to begin there.
    func start(_ start: StartingPoint) -> ReaderRegistry.Start {
      switch self {
      case .first: start == .start ? .start : .new
      case .successor: .start
      case .late(let newest): start == .start ? .start : .behind(newest)
      }
    }
  }

  /// What a consumer gets.
  enum Item: Sendable {
    /// Something is missing before what comes next.
    case gap(Gap)
    /// The number says of which of the channels that were found at the path it is.
    case message(Delivered, epoch: UInt64)
  }

  /// What could not be made yet.
  private struct Pending {
    let entry: Entry
    /// Since when a lock keeps it from that.
    var busySince: Moment?
  }

  private struct State {
    /// Nil while there is none yet, and after the end.
    var reader: (any MessageReader)?
    /// How it is still to come to the channel.
    var pending: Pending?
    /// Counts the channels that were found at the path.
    var epoch: UInt64
    /// In order, the next one last.
    var items: [Item] = []
    var failure: ChannelError?
    var flood = FloodCare()
  }

  /// So long a lock may be busy; the pauses in between are nobody's.
  private static let patience = Duration.seconds(6)
  private static let pause = Duration.milliseconds(10)
  /// So long a lock is waited for by whoever asks for the stream, and by one look: that may be the thread that notices
  /// changes.
  private static let firstLockPatience = Duration.milliseconds(100)
  private static let lockPatience = Duration.milliseconds(1)
  /// When a place could not be written it is tried again after that.
  private static let savePause = Duration.milliseconds(500)

  private let core: ChannelCore
  private let notices: Notices
  private let direction: Direction
  private let open: Opening
  private let state: Mutex<State>
  private let timerIsSet = Atomic(false)
  /// When it is looked again without a notice.
  private let lookTimer = Mutex<Moment?>(nil)
  private let isClosed = Atomic(false)

  /// Opens the reader at once, because that is where the stream begins; what goes wrong is thrown by the first look, and
  /// the next one tries again.
  ///
  /// A lock that somebody keeps is waited for by `next`, without a thread.
  init(_ channel: Channel, opening open: @escaping Opening) {
    core = channel.core
    direction = channel.incoming
    notices = core.lane(direction).notices
    self.open = open
    let epoch = core.epoch
    do throws(ChannelError) {
      try channel.checkOpen()
      // First watch, then look.
      try core.watch(direction)
      let found = try FoundFolder.find(direction, of: core)
      let patience = core.watcher.isDrivingThread ? Self.lockPatience : Self.firstLockPatience
      do throws(ChannelError) {
        let reader = try open(found.folder, .first, .now.advanced(by: patience))
        state = Mutex(State(reader: reader, epoch: found.epoch))
      } catch  where error.code == .lockTimeout {
        let entry = Entry.late(try Self.newest(in: found.folder))
        state = Mutex(State(pending: Pending(entry: entry, busySince: .now), epoch: found.epoch))
      }
    } catch {
      state = Mutex(State(pending: Pending(entry: .first), epoch: epoch, failure: error))
      // Of a channel that was closed before there is nothing more to come.
      isClosed.store(error.code == .closed, ordering: .releasing)
    }
  }

  /// The newest seq, as it is found without the lock that somebody keeps.
  private static func newest(in folder: DirectionFolder) throws(ChannelError) -> SequenceNumber {
    let reader = JournalReader(folder, after: try folder.log.segments().last?.previous ?? .none)
    while try reader.next() != nil {}
    return reader.last
  }

  /// Throws what went wrong at the opening.
  func check() throws(ChannelError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  // MARK: Looking

  /// What comes next, nil when there is nothing now; never waits.
  func look() throws(ChannelError) -> Item? {
    var looksAgain: Moment?
    let item = try state.withLock { state throws(ChannelError) in
      let item = try look(.thorough, &state)
      if item == nil {
        let isBusy = state.pending?.busySince != nil
        looksAgain = isBusy ? Moment.now.advanced(by: Self.pause) : state.reader?.looksAgainAt
      }
      return item
    }
    if item == nil { core.watchAnewIfReplaced(direction) }
    if let looksAgain { lookAgain(at: looksAgain) }
    return item
  }

  /// What lies behind what was read last. A thread that blocks otherwise also takes the watcher's turns.
  private func glance() throws(ChannelError) -> Item? {
    var isTurn = false
    let item = try state.withLock { state throws(ChannelError) in
      let item = try look(.glance, &state)
      if item != nil { isTurn = state.flood.tookOne(at: .now) }
      return item
    }
    if isTurn { core.watcher.takeTurn() }
    return item
  }

  /// Sets one timer, however many notices led to a look: each would lead to the next for ever.
  private func lookAgain(at moment: Moment) {
    let isEarlier = lookTimer.withLock { known in
      guard known.map({ moment < $0 }) ?? true else { return false }
      known = moment
      return true
    }
    guard isEarlier else { return }
    core.watcher.schedule(at: moment) { [self] in
      lookTimer.withLock { if $0 == moment { $0 = nil } }
      if !isClosed.load(ordering: .relaxed) { notices.notify() }
    }
  }

  private func look(_ depth: LookDepth, _ state: inout State) throws(ChannelError) -> Item? {
    if let item = state.items.popLast() { return item }
    if let failure = state.failure.take() { throw failure }
    if depth == .thorough, let pending = state.pending {
      guard !isClosed.load(ordering: .acquiring) else { return nil }
      // It may be that which failed before; without it there would be no notice.
      try core.watch(direction)
      guard let found = try FoundFolder.expect(direction, of: core) else { return nil }
      // In another channel than that it comes as to any successor.
      if found.epoch == state.epoch {
        guard try enter(found.folder, pending.entry, &state) else { return nil }
      }
    }
    if let reader = state.reader {
      do throws(ChannelError) {
        if let item = try next(of: reader, depth, &state) { return item }
      } catch {
        guard core.wasReplaced(since: state.epoch) else { throw error }
      }
      guard core.epoch != state.epoch else { return nil }
    }
    // What was closed meanwhile opens nothing again: its name is free for another program.
    guard depth == .thorough, !isClosed.load(ordering: .acquiring) else { return nil }
    // The channel was replaced, and all that the old one held was read, as far as that could be.
    guard let found = try FoundFolder.expect(direction, of: core) else { return nil }
    // Its files went with its channel.
    try? state.reader?.close(until: .now)
    state.reader = nil
    _ = try enter(found.folder, .successor, &state)
    state.epoch = found.epoch
    return .gap(.replaced)
  }

  /// Makes the reader; false when a lock is busy, and then the next look tries again.
  private func enter(
    _ folder: DirectionFolder,
    _ entry: Entry,
    _ state: inout State
  ) throws(ChannelError) -> Bool {
    do throws(ChannelError) {
      state.reader = try open(folder, entry, .now.advanced(by: Self.lockPatience))
      state.pending = nil
      return true
    } catch  where error.code == .lockTimeout {
      var late = entry
      if case .first = entry { late = .late(try Self.newest(in: folder)) }
      let since = state.pending?.busySince ?? .now
      let isOver = Moment.now.duration(since: since) >= Self.patience
      state.pending = Pending(entry: late, busySince: isOver ? nil : since)
      if isOver { throw error }
      return false
    }
  }

  private func next(
    of reader: any MessageReader,
    _ depth: LookDepth,
    _ state: inout State
  ) throws(ChannelError) -> Item? {
    if let delivered = try reader.tryNext(depth) {
      if delivered.gaps.isEmpty { return .message(delivered, epoch: state.epoch) }
      state.items = [.message(delivered, epoch: state.epoch)] + delivered.gaps.reversed().compactMap(Self.item)
    } else {
      state.items = reader.takeGaps().reversed().compactMap(Self.item)
    }
    return state.items.popLast()
  }

  private static func item(_ notice: GapNotice) -> Item? { Gap(notice).map(Item.gap) }

  // MARK: Waiting

  /// What comes next; nil when the channel or the stream was closed.
  func next() async throws -> Item? {
    while !isClosed.load(ordering: .acquiring) {
      let seen = notices.count
      if let item = try look() { return item }
      try Task.checkCancellation()
      await notices.wait(beyond: seen)
    }
    return nil
  }

  /// What comes next; nil when the time was up, or the channel or the stream was closed.
  func next(within limit: inout WaitLimit) throws(ChannelError) -> Item? {
    while !isClosed.load(ordering: .acquiring) {
      if let item = try glance() { return item }
      if let item = try lookOn() { return item }
      let seen = notices.count
      if let item = try look() { return item }
      guard notices.wait(beyond: seen, until: limit.end()) else { return nil }
    }
    return nil
  }

  /// Looks for a moment longer where that has paid: see ``FloodCare``.
  private func lookOn() throws(ChannelError) -> Item? {
    guard let pause = state.withLock({ $0.flood.pauseBeforeLookingOn() }) else { return nil }
    let start = Moment.now
    var now = start
    if pause > .zero {
      // Not asleep: that takes longer.
      let next = start.advanced(by: pause)
      repeat { now = Moment.now } while now < next
    }
    let end = start.advanced(by: FloodCare.patience)
    var item: Item?
    repeat {
      item = try state.withLock { state throws(ChannelError) in try look(.glance, &state) }
      now = Moment.now
    } while item == nil && now < end && !isClosed.load(ordering: .relaxed)
    state.withLock { $0.flood.lookedOn(for: now.duration(since: start), found: item != nil) }
    return item
  }

  // MARK: Acknowledging

  /// Acknowledges; where a lock has to be waited for, a helper thread does.
  func acknowledge(_ ticket: Delivered.Ticket, epoch: UInt64) async throws {
    guard let reader = try reader(of: epoch) else { return }
    if reader.acknowledgingMayWait {
      try await HelperThreads.shared.run { try reader.acknowledge(ticket) }
    } else {
      try reader.acknowledge(ticket)
    }
    if !timerIsSet.load(ordering: .relaxed) { setTimer(for: reader) }
  }

  /// Nil when the channel was replaced since: a message of the one before means nothing in it, whatever its number.
  private func reader(of epoch: UInt64) throws(ChannelError) -> (any MessageReader)? {
    let (reader, isPast) = state.withLock { ($0.reader, $0.epoch != epoch) }
    if isPast { return nil }
    if let reader { return reader }
    throw ChannelError(.closed, at: core.path, "the stream was closed before this message was acknowledged")
  }

  /// Acknowledges, waiting on the calling thread where it must.
  func acknowledge(_ ticket: Delivered.Ticket, epoch: UInt64) throws(ChannelError) {
    guard let reader = try reader(of: epoch) else { return }
    try reader.acknowledge(ticket)
    if !timerIsSet.load(ordering: .relaxed) { setTimer(for: reader) }
  }

  /// Whether the next acknowledgement may wait for a lock.
  var acknowledgingMayWait: Bool { state.withLock { $0.reader }?.acknowledgingMayWait ?? false }

  /// Sees to it that the place is written at its time. Nothing is kept for it that was closed meanwhile.
  private func setTimer(for reader: any MessageReader, notBefore earliest: Moment = Moment(nanoseconds: 0)) {
    guard let moment = reader.savesAt, !timerIsSet.exchange(true, ordering: .acquiringAndReleasing) else { return }
    core.watcher.schedule(at: max(moment, earliest)) { [self] in
      timerIsSet.store(false, ordering: .releasing)
      guard let reader = state.withLock({ $0.reader }) else { return }
      do throws(ChannelError) {
        try reader.saveIfDue(at: Moment.now)
        setTimer(for: reader)
      } catch {
        // The next acknowledgement tries as well, and says why it fails. The moment that this reader names is past: a
        // timer for it would be due at once, again and again. The place of one that was dropped is never written.
        if error.code != .closed { setTimer(for: reader, notBefore: .now.advanced(by: Self.savePause)) }
      }
    }
  }

  // MARK: Ending

  /// Ends the stream; its place is written. A lock is waited for so long, and not at all on the thread that notices
  /// changes.
  func close(waiting patience: Duration) throws(ChannelError) {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let reader = state.withLock { $0.reader.take() }
    defer { notices.notify() }
    try reader?.close(until: core.watcher.isDrivingThread ? .now : .now.advanced(by: patience))
  }
}
