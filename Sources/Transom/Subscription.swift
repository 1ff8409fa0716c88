// What `Messages` and `Deliveries` are made of.

internal import ChannelModel
internal import Synchronization

/// Reads messages one after the other for one consumer, which asks for each.
///
/// Nothing is read ahead of the consumer but the block that its reader holds: who reads slowly costs no memory, and
/// holds segments instead.
final class Subscription: Sendable {
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
  }

  private let core: ChannelCore
  private let notices: Notices
  private let direction: Direction
  private let open: Opening
  private let state: Mutex<State>
  private let timerIsSet = Atomic(false)
  private let isClosed = Atomic(false)
  /// The channel lives as long as somebody reads from it.
  private let channel: Channel

  /// Opens the reader at once, because that is where the stream begins; what goes wrong is thrown by the first look.
  init(_ channel: Channel, opening open: @escaping Opening) {
    self.channel = channel
    core = channel.core
    direction = channel.incoming
    notices = core.lane(direction).notices
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
    channel.add(self)
  }

  deinit {
    close()
  }

  /// Throws what went wrong at the opening.
  func check() throws(ChannelError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  // MARK: Looking

  /// What comes next, nil when there is nothing now; never waits.
  private func look() throws(ChannelError) -> Item? {
    let (item, looksAgain) = try state.withLock { state throws(ChannelError) in
      (try look(&state), state.reader?.looksAgainAt)
    }
    if item == nil, let looksAgain {
      core.watcher.schedule(at: looksAgain) { [weak notices] in notices?.notify() }
    }
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
  func next(until deadline: Moment?) throws(ChannelError) -> Item? {
    while !isClosed.load(ordering: .acquiring) {
      let seen = notices.count
      if let item = try look() { return item }
      guard notices.wait(beyond: seen, until: deadline) else { return nil }
    }
    return nil
  }

  /// The moment at which a wait of this length ends.
  func deadline(after limit: Duration?, _ call: StaticString) -> Moment? {
    channel.trapOnWatcherThread(call)
    return limit.map { Watcher.now.advanced(by: $0) }
  }

  // MARK: Acknowledging

  func acknowledge(_ ticket: Delivered.Ticket) throws(ChannelError) {
    guard let reader = state.withLock({ $0.reader }) else {
      throw ChannelError(.closed, at: core.path, "the stream was closed before this message was acknowledged")
    }
    try reader.acknowledge(ticket)
    setTimer(for: reader)
  }

  /// Sees to it that the place is written at its time.
  private func setTimer(for reader: any MessageReader) {
    guard !timerIsSet.load(ordering: .relaxed), let moment = reader.savesAt,
      !timerIsSet.exchange(true, ordering: .acquiringAndReleasing)
    else { return }
    core.watcher.schedule(at: moment) { [weak self, weak reader] in
      self?.timerIsSet.store(false, ordering: .releasing)
      guard let self, let reader else { return }
      // What cannot be written is tried again with the next acknowledgement, which then says why it fails.
      try? reader.saveIfDue(at: Watcher.now)
      self.setTimer(for: reader)
    }
  }

  // MARK: Ending

  /// Ends the stream; its place is written.
  func close() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let reader = state.withLock { $0.reader.take() }
    do throws(ChannelError) {
      try reader?.close()
    } catch {
      channel.onTrouble(error)
    }
    notices.notify()
  }
}
