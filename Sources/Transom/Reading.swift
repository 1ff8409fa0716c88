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
  /// Makes the reader, also anew in a channel that took the place of the one before; the second argument says that.
  typealias Opening = @Sendable (DirectionFolder, _ isSuccessor: Bool) throws(ChannelError) -> any MessageReader

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
    var flood = FloodCare()
  }

  private let core: ChannelCore
  private let notices: Notices
  private let direction: Direction
  private let open: Opening
  private let state: Mutex<State>
  private let timerIsSet = Atomic(false)
  private let isClosed = Atomic(false)

  /// Opens the reader at once, because that is where the stream begins; what goes wrong is thrown by the first look.
  init(_ channel: Channel, opening open: @escaping Opening) {
    core = channel.core
    direction = channel.incoming
    notices = core.notices(of: direction)
    self.open = open
    let epoch = core.epoch
    do throws(ChannelError) {
      try channel.checkOpen()
      // First watch, then look.
      try core.watch(direction)
      let reader = try open(try core.direction(direction), false)
      state = Mutex(State(reader: reader, epoch: epoch))
    } catch {
      state = Mutex(State(reader: nil, epoch: epoch, failure: error))
      // Of a channel that was closed before there is nothing more to come.
      isClosed.store(error.code == .closed, ordering: .releasing)
    }
  }

  /// Throws what went wrong at the opening.
  func check() throws(ChannelError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  // MARK: Looking

  /// What comes next, nil when there is nothing now; never waits. A thread that blocks otherwise takes the watcher's turns.
  private func look(takingTurns: Bool = false) throws(ChannelError) -> Item? {
    var looksAgain: Moment?
    var isTurn = false
    let item = try state.withLock { state throws(ChannelError) in
      let item = try look(&state)
      if item == nil { looksAgain = state.reader?.looksAgainAt } else { isTurn = takingTurns && state.flood.tookOne() }
      return item
    }
    if isTurn { core.watcher.takeTurn() }
    if let looksAgain { core.watcher.schedule(at: looksAgain) { [weak notices] in notices?.notify() } }
    return item
  }

  private func look(_ state: inout State) throws(ChannelError) -> Item? {
    if let item = state.items.popLast() { return item }
    if let failure = state.failure.take() { throw failure }
    if let reader = state.reader {
      do throws(ChannelError) {
        if let item = try next(of: reader, &state) { return item }
      } catch {
        guard core.epoch != state.epoch || core.wasReplaced() else { throw error }
      }
      guard core.epoch != state.epoch else { return nil }
    }
    // The channel was replaced, and all that the old one held was read, as far as that could be.
    let epoch = core.epoch
    let folder: DirectionFolder
    do throws(ChannelError) {
      folder = try core.direction(direction)
    } catch {
      // Somebody may be about to make it again: there will be a notice, whether it comes or not.
      if error.code == .noChannel, core.isExpectedBack { return nil }
      throw error
    }
    // Its files went with its channel.
    try? state.reader?.close()
    state.reader = nil
    state.reader = try open(folder, true)
    state.epoch = epoch
    return .gap(.replaced)
  }

  private func next(of reader: any MessageReader, _ state: inout State) throws(ChannelError) -> Item? {
    if let delivered = try reader.tryNext() {
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
      let seen = notices.count
      if let item = try look(takingTurns: true) { return item }
      if let item = try lookOn() { return item }
      guard notices.wait(beyond: seen, until: limit.end()) else { return nil }
    }
    return nil
  }

  /// Looks for a moment longer where that has paid: see ``FloodCare``.
  private func lookOn() throws(ChannelError) -> Item? {
    guard state.withLock({ $0.flood.isWorthLookingOn() }) else { return nil }
    let end = Watcher.now.advanced(by: FloodCare.patience)
    var item: Item?
    repeat {
      item = try state.withLock { state throws(ChannelError) in try look(&state) }
    } while item == nil && Watcher.now < end && !isClosed.load(ordering: .relaxed)
    state.withLock { $0.flood.lookedOn(found: item != nil) }
    return item
  }

  // MARK: Acknowledging

  func acknowledge(_ ticket: Delivered.Ticket) throws(ChannelError) {
    guard let reader = state.withLock({ $0.reader }) else {
      throw ChannelError(.closed, at: core.path, "the stream was closed before this message was acknowledged")
    }
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
