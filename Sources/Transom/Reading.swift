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
  /// Makes the reader, also anew in a channel that took the place of the one before.
  typealias Opening = @Sendable (DirectionFolder, Entry) throws(ChannelError) -> any MessageReader

  /// How a stream comes to a channel.
  enum Entry: Sendable {
    case first
    /// The channel took the place of the one before.
    case successor
    /// It came before, when the journal's lock was busy, and the newest seq was this.
    case late(SequenceNumber)

    var isSuccessor: Bool { if case .successor = self { true } else { false } }
  }

  /// What a consumer gets.
  enum Item: Sendable {
    /// Something is missing before what comes next.
    case gap(Gap)
    case message(Delivered)
  }

  private struct State {
    /// Nil when there is none now: what went wrong is thrown by the next look, which tries again.
    var reader: (any MessageReader)?
    /// Counts the channels that were found at the path.
    var epoch: UInt64
    /// In order, the next one last.
    var items: [Item] = []
    var failure: ChannelError?
    /// The reader could not be made yet.
    var late: (entry: Entry, since: Moment)?
    var flood = FloodCare()
  }

  /// So long the journal's lock may be busy; the pauses in between are nobody's.
  private static let patience = Duration.seconds(6)
  private static let pause = Duration.milliseconds(10)

  private let core: ChannelCore
  private let notices: Notices
  private let direction: Direction
  private let open: Opening
  private let mayComeLate: Bool
  private let state: Mutex<State>
  private let timerIsSet = Atomic(false)
  /// When it is looked again without a notice.
  private let lookTimer = Mutex<Moment?>(nil)
  private let isClosed = Atomic(false)

  /// Opens the reader at once, because that is where the stream begins; what goes wrong is thrown by the first look.
  ///
  /// Where it may come late, a journal's lock that somebody keeps is waited for by `next`, without a thread.
  init(_ channel: Channel, mayComeLate: Bool, opening open: @escaping Opening) {
    self.mayComeLate = mayComeLate
    core = channel.core
    direction = channel.incoming
    notices = core.lane(direction).notices
    self.open = open
    let epoch = core.epoch
    do throws(ChannelError) {
      try channel.checkOpen()
      // First watch, then look.
      try core.watch(direction)
      let folder = try core.direction(direction)
      do throws(ChannelError) {
        state = Mutex(State(reader: try open(folder, .first), epoch: epoch))
      } catch  where mayComeLate && error.code == .lockTimeout {
        let entry = Entry.late(try Self.newest(in: folder))
        state = Mutex(State(reader: nil, epoch: epoch, late: (entry, .now)))
      }
    } catch {
      state = Mutex(State(reader: nil, epoch: epoch, failure: error))
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
  private func look() throws(ChannelError) -> Item? {
    var looksAgain: Moment?
    let item = try state.withLock { state throws(ChannelError) in
      let item = try look(.thorough, &state)
      if item == nil {
        looksAgain = state.late == nil ? state.reader?.looksAgainAt : Moment.now.advanced(by: Self.pause)
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
      if item != nil { isTurn = state.flood.tookOne() }
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
    if depth == .thorough, let late = state.late {
      let epoch = core.epoch
      guard try enter(epoch == state.epoch ? late.entry : .successor, &state) else { return nil }
      state.epoch = epoch
    }
    if let reader = state.reader {
      do throws(ChannelError) {
        if let item = try next(of: reader, depth, &state) { return item }
      } catch {
        guard core.epoch != state.epoch || core.wasReplaced() else { throw error }
      }
      guard core.epoch != state.epoch else { return nil }
    }
    guard depth == .thorough else { return nil }
    // The channel was replaced, and all that the old one held was read, as far as that could be.
    let epoch = core.epoch
    do throws(ChannelError) {
      _ = try core.direction(direction)
    } catch {
      // Somebody may be about to make it again: there will be a notice, whether it comes or not.
      if error.code == .noChannel, core.isExpectedBack { return nil }
      throw error
    }
    // Its files went with its channel.
    try? state.reader?.close()
    state.reader = nil
    _ = try enter(.successor, &state)
    state.epoch = epoch
    return .gap(.replaced)
  }

  /// Makes the reader; false when the journal's lock is busy, and then the next look tries again.
  private func enter(_ entry: Entry, _ state: inout State) throws(ChannelError) -> Bool {
    do throws(ChannelError) {
      state.reader = try open(try core.direction(direction), entry)
      state.late = nil
      return true
    } catch  where mayComeLate && error.code == .lockTimeout {
      let since = state.late?.since ?? .now
      let isOver = Moment.now.duration(since: since) >= Self.patience
      state.late = (entry, isOver ? .now : since)
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
      if delivered.gaps.isEmpty { return .message(delivered) }
      state.items = [.message(delivered)] + delivered.gaps.reversed().compactMap(Self.item)
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
    let start = Watcher.now
    var now = start
    if pause > .zero {
      // Not asleep: that takes longer.
      let next = start.advanced(by: pause)
      repeat { now = Watcher.now } while now < next
    }
    let end = start.advanced(by: FloodCare.patience)
    var item: Item?
    repeat {
      item = try state.withLock { state throws(ChannelError) in try look(.glance, &state) }
      now = Watcher.now
    } while item == nil && now < end && !isClosed.load(ordering: .relaxed)
    state.withLock { $0.flood.lookedOn(for: now.duration(since: start), found: item != nil) }
    return item
  }

  // MARK: Acknowledging

  /// Acknowledges; where a lock has to be waited for, a helper thread does.
  func acknowledge(_ ticket: Delivered.Ticket) async throws {
    let reader = try openReader()
    if reader.acknowledgingMayWait {
      try await HelperThreads.shared.run { try reader.acknowledge(ticket) }
    } else {
      try reader.acknowledge(ticket)
    }
    if !timerIsSet.load(ordering: .relaxed) { setTimer(for: reader) }
  }

  private func openReader() throws(ChannelError) -> any MessageReader {
    if let reader = state.withLock({ $0.reader }) { return reader }
    throw ChannelError(.closed, at: core.path, "the stream was closed before this message was acknowledged")
  }

  /// Acknowledges, waiting on the calling thread where it must.
  func acknowledge(_ ticket: Delivered.Ticket) throws(ChannelError) {
    let reader = try openReader()
    try reader.acknowledge(ticket)
    if !timerIsSet.load(ordering: .relaxed) { setTimer(for: reader) }
  }

  /// Sees to it that the place is written at its time. Nothing is kept for it that was closed meanwhile.
  private func setTimer(for reader: any MessageReader) {
    guard let moment = reader.savesAt, !timerIsSet.exchange(true, ordering: .acquiringAndReleasing) else { return }
    core.watcher.schedule(at: moment) { [self] in
      timerIsSet.store(false, ordering: .releasing)
      guard let reader = state.withLock({ $0.reader }) else { return }
      // What cannot be written is tried again with the next acknowledgement, which then says why it fails.
      try? reader.saveIfDue(at: Watcher.now)
      setTimer(for: reader)
    }
  }

  // MARK: Ending

  /// Ends the stream; its place is written.
  func close() throws(ChannelError) {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let reader = state.withLock { $0.reader.take() }
    defer { notices.notify() }
    try reader?.close()
  }
}
