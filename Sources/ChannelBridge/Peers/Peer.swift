// One live connection.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import LinuxIO
internal import Transom

/// A connection that speaks a wire, and what came from it and waits for its turn.
///
/// It belongs to its bridge's actor.
final class Peer: @unchecked Sendable {
  // @unchecked: tasks hold it while they wait, but all of it is touched on the bridge's loop alone: by the actor, whose
  // executor that is, and by the stream, which tells there what happens and traps on any other thread.

  /// What happens to it.
  enum Happening: Sendable {
    /// Something came, see `next`.
    case items
    /// All that was written is out of this process.
    case flushed
    /// It is known who that is.
    case secured(TLSPeer)
    /// It says nothing more.
    case inputEnded
    /// Somebody has to go who lets too many answers wait.
    case tooMuchUnread
    /// Why it is over; nil: it was done.
    case ended(String?)
  }

  /// While so much of it waits for its turn nothing more is read.
  private static let mostItems = 1_024
  private static let mostItemBytes = 4 << 20
  private static let mostWaiting = 256 << 10
  /// So many of its requests are answered at once.
  private static let mostInFlight = 256

  let number: Int
  /// Who that is, for people.
  private(set) var name: String
  let stream: ByteStream
  private(set) var wire: any Wire
  /// Nil where it is told only what comes while it is there.
  let keeping: Keeping?
  /// What it may do, of one who came by a door.
  let visitor: Visitor?
  /// Whether it only listens, and cannot be asked.
  let isListener: Bool
  /// Whether it is one more connection to somebody to whom there is one already.
  let isFurther: Bool
  /// Where it is counted what it has said and is held, once it is gone.
  private let leftBehind: LeftBehind
  let onHappening: (Happening) -> Void
  private var items: [WireItem] = []
  /// Those before it are dealt with.
  private var taken = 0
  private var itemBytes = 0
  var pendingAnswers = PendingAnswers() {
    didSet { if isOpen { unread.byteCount += pendingAnswers.byteCount - oldValue.byteCount } }
  }
  /// Of all peers that are open.
  let unread: UnreadAnswers
  /// How it stood with its answers when that was looked at last, and how often it was the same.
  var looks = (waitingCount: 0, answeredCount: 0, count: 0)
  private var writers: [CheckedContinuation<Void, Never>] = []
  private(set) var isOpen = true
  /// Until then nothing of what it says is read.
  private(set) var isAdmitted = false
  private(set) var hasInputEnded = false
  /// Why nothing more of what it says is taken.
  var refusal: WireRefusal?
  /// Whether it is seen to that it does not stay for ever.
  var isParting = false
  /// Whether it was told that nothing more comes.
  private var isLeaving = false
  /// Whether what it says counts.
  private(set) var mayBeHeard = true
  /// Whether somebody deals with what came.
  var isWorking = false
  /// Requests that it is to answer.
  var outstanding = 0 {
    didSet { if outstanding == 0 { idleSince = .now } }
  }
  /// Whether a request waits for room at it: until all that was written is out it is asked nothing else.
  var isAwaited = false
  /// When there was something to do last, either way.
  private(set) var idleSince = Moment.now
  /// Nil where it is asked whatever became of what it was asked before, or where that is known elsewhere.
  var breaker: CircuitBreaker?
  /// Its own, that the channel is to answer.
  private(set) var inFlight = 0
  /// Of those that were.
  private(set) var answeredCount = 0
  /// Of those.
  private var inFlightBytes = 0

  init(
    _ number: Int,
    _ name: String,
    _ stream: ByteStream,
    _ wire: any Wire,
    keeping: Keeping? = nil,
    visitor: Visitor? = nil,
    isListener: Bool = false,
    isFurther: Bool = false,
    _ leftBehind: LeftBehind,
    _ unread: UnreadAnswers,
    _ onHappening: @escaping (Happening) -> Void
  ) {
    self.number = number
    self.name = name
    self.stream = stream
    self.wire = wire
    self.keeping = keeping
    self.visitor = visitor
    self.isListener = isListener
    self.isFurther = isFurther
    self.leftBehind = leftBehind
    self.unread = unread
    self.onHappening = onHappening
  }

  /// Begins to meet what happens; what it says is read once it is admitted.
  func begin() {
    stream.begin { [weak self] in self?.meet($0) }
    attend()
  }

  /// The same for a connection that was begun by somebody else.
  func begin(_ handed: HandedStream) {
    attend()
    handed.follow { [weak self] in self?.meet($0) }
  }

  func admit() {
    isAdmitted = true
    attend()
  }

  // MARK: Reading

  /// What comes next; nil when all was dealt with, or as many of its requests are under way as may be.
  var upcoming: WireItem? { taken < items.count && !hasManyInFlight ? items[taken] : nil }

  /// Takes what comes next.
  func next() -> WireItem? {
    guard let item = upcoming else { return nil }
    taken += 1
    let byteCount = item.heldByteCount
    itemBytes -= byteCount
    if !isOpen { leftBehind.byteCount -= byteCount }
    if taken == items.count {
      (items, taken) = ([], 0)
    } else if taken >= Self.mostItems {
      items.removeFirst(taken)
      taken = 0
    }
    attend()
    return item
  }

  /// The same, if it is one that fits.
  func next(if fits: (WireItem) -> Bool) -> WireItem? {
    upcoming.map(fits) == true ? next() : nil
  }

  /// Forgets what is still to be dealt with.
  func dropItems() {
    if !isOpen { leftBehind.byteCount -= itemBytes }
    (items, taken, itemBytes) = ([], 0, 0)
  }

  var hasItems: Bool { taken < items.count }

  /// The ids that it has acknowledged, and that were not dealt with yet.
  var waitingAcknowledgements: [String] {
    items[taken...].flatMap { item -> [String] in if case .acknowledged(let ids) = item { ids } else { [] } }
  }

  /// Whether no more of its requests may be under way.
  private var hasManyInFlight: Bool { inFlight >= Self.mostInFlight || inFlightBytes >= Self.mostItemBytes }

  func beginsRequest(_ byteCount: Int) {
    inFlight += 1
    inFlightBytes += byteCount
    if !isOpen { leftBehind.byteCount += byteCount }
    attend()
  }

  func endsRequest(_ byteCount: Int) {
    inFlight -= 1
    inFlightBytes -= byteCount
    answeredCount &+= 1
    idleSince = .now
    if !isOpen { leftBehind.byteCount -= byteCount }
    attend()
    if hasItems, !isWorking { onHappening(.items) }
  }

  /// Reads on or not.
  private func attend() {
    guard isOpen else { return }
    let isFull = items.count - taken >= Self.mostItems || itemBytes >= Self.mostItemBytes
    if !isAdmitted || isFull || hasManyInFlight {
      stream.pauseReading()
    } else {
      stream.resumeReading()
    }
  }

  private func meet(_ event: StreamEvent) {
    switch event {
    case .received(let bytes):
      guard isOpen, mayBeHeard else { return }
      let more = wire.take(bytes)
      let answers = wire.takeAnswers()
      // Whoever does not read them does not get them.
      if !answers.isEmpty { _ = write(answers) }
      hold(more)
    case .inputEnded:
      hasInputEnded = true
      hold(mayBeHeard ? wire.takeEnd() : [])
      onHappening(.inputEnded)
    case .drained:
      pendingAnswers.drained()
      letWritersTry()
      onHappening(.flushed)
    case .outputRefused(let error), .closed(.failed(let error)): end(because: error)
    case .secured(let who):
      if let text = who.identity?.text { name += " (\(text))" }
      onHappening(.secured(who))
    case .closed(.insecure(let error)): end("\(error)")
    case .closed: end(nil)
    }
  }

  private func hold(_ more: [WireItem]) {
    items += more
    itemBytes += more.reduce(0) { $0 + $1.heldByteCount }
    if !more.isEmpty { idleSince = .now }
    attend()
    if hasItems { onHappening(.items) }
  }

  // MARK: Writing

  var mayBeTold: Bool { isOpen && !isLeaving && !wire.hasSaidLast }

  /// Whether a request would be taken, if it is none of the largest.
  var hasRoom: Bool { isOpen && stream.waitingCount <= Self.mostWaiting }

  /// Whether all that was written is out of this process.
  var isFlushed: Bool { !isOpen || stream.waitingCount == 0 }

  /// Why a message can never stand on its stream; nil where it can.
  func obstacle(to message: Message) -> String? {
    guard let limit = stream.lineLimit else { return nil }
    // Its line has an end, which is not written.
    let count = wire.encode(message).count - 1
    return count <= limit ? nil : "it has \(count) bytes, and a message of the queue has \(limit) at most"
  }

  /// Writes a message; false when there is no room now, or it is over.
  func write(_ message: Message) -> Bool { mayBeTold && write(wire.encode(message)) }

  /// Writes a message, waiting for room; false when it is over. What may be told again has a mark.
  @discardableResult
  func writeWaiting(_ message: Message, mark: EventMark? = nil) async -> Bool {
    await writeWaiting(mark.map { wire.encode(message, mark: "\($0)") } ?? wire.encode(message))
  }

  @discardableResult
  func writeWaiting(_ bytes: [UInt8]) async -> Bool {
    while mayBeTold {
      if write(bytes) { return true }
      guard mayBeTold else { return false }
      await withCheckedContinuation { writers.append($0) }
    }
    return false
  }

  /// Also for the last word of a wire.
  func write(_ bytes: [UInt8]) -> Bool {
    guard isOpen, !isLeaving else { return false }
    switch stream.write(bytes) {
    case .taken: return true
    case .full: return false
    case .closed:
      end(because: stream.outputError)
      return false
    }
  }

  private func letWritersTry() {
    let all = writers
    writers = []
    for writer in all { writer.resume() }
  }

  // MARK: Ending

  /// Tells it why nothing more of it is read, where there is room for that.
  func tell(_ refusal: WireRefusal) {
    if let bytes = wire.encode(refusal: refusal) { _ = write(bytes) }
  }

  /// Tells it that nothing more comes; what was written still goes out.
  func leave(_ farewell: Farewell = .ending) {
    guard isOpen, !isLeaving else { return }
    let words = wire.encode(farewell)
    if !words.isEmpty { _ = write(words) }
    isLeaving = true
    stream.finishWriting()
    letWritersTry()
  }

  /// Hears nothing more of it, and tells it so.
  func dismiss() {
    mayBeHeard = false
    dropItems()
    leave(.dismissed)
  }

  func close() { end(nil) }

  /// Who has said all and is gone then is done.
  private func end(because error: SystemError?) {
    end(hasInputEnded && error?.isOtherEndGone == true ? nil : error?.what)
  }

  func end(_ words: String?) {
    guard isOpen else { return }
    isOpen = false
    unread.byteCount -= pendingAnswers.byteCount
    leftBehind.byteCount += itemBytes + inFlightBytes
    let afterword = stream.afterword
    // Whoever holds this for a while yet must not keep the connection.
    stream.close()
    letWritersTry()
    onHappening(.ended(afterword ?? words))
  }
}
