// The requests of this process that wait for their answers.

internal import ChannelMessages
internal import ChannelModel
internal import Synchronization

/// Finds the answers to one side's requests in what comes from the other side.
///
/// The journal is read only while somebody waits. It is read on the thread that noticed the change: an answer goes from
/// the kernel to whoever asked without another thread in between.
final class Requests: Lane.Pump {
  private let core: ChannelCore
  /// Where the answers come.
  private let direction: Direction

  private struct Waiting {
    let answer: PendingAnswer
    let asked: Moment
    let deadline: Moment
    /// Made when it is needed: its words cost as much as the request.
    let failure: @Sendable () -> ChannelError
  }

  private struct State {
    var waiting: [UniqueID: Waiting] = [:]
    /// Those whose answers nobody waits for any more.
    var givenUp = RecentIDs(limit: 65_536)
    /// The moments for which timers are set, each sooner than the one before.
    var timers: [Moment] = []
    var patience = AnswerPatience()
    /// What kept it from reading last, and when.
    var trouble: (error: ChannelError, at: Moment)?

    mutating func giveUp(_ id: UniqueID) {
      waiting[id] = nil
      givenUp.insert(id)
    }

    /// Whether a timer has to be set so that there is one by that moment.
    mutating func needsTimer(by moment: Moment) -> Bool {
      if let soonest = timers.last, soonest <= moment { return false }
      timers.append(moment)
      return true
    }
  }

  private let state = Mutex(State())

  private struct Position {
    var reader: JournalReader
    /// Which of the channels that were found at the path it reads.
    var epoch: UInt64
    var usedAt: Moment
  }

  /// Whether a notice came that something other than growth befell the journal, and nobody has looked since.
  private let owesThoroughLook = Atomic(false)
  /// Whether it reads on as soon as others had their turn.
  private let isReadingOnSet = Atomic(false)
  /// So many bytes are read in one turn; a stretch counts as this many at least.
  private static let turnByteCount = 4 << 20
  private static let leastByteCount = 4 << 10
  private let isRetrySet = Atomic(false)
  /// When it is looked again what could not be read.
  private static let retryPause = Duration.milliseconds(500)

  /// Apart from the state: reading takes long, and meanwhile others register.
  private let position = Mutex<Position?>(nil)

  init(_ core: ChannelCore, answersIn direction: Direction) {
    self.core = core
    self.direction = direction
    core.lane(direction).add(self)
  }

  // MARK: Asking

  /// To be called before a request is sent: what is answered from here on is found.
  func prepare() throws(ChannelError) {
    try core.watch(direction)
    let epoch = core.epoch
    let folder = try core.direction(direction)
    let now = Moment.now
    // All under one lock: of two who ask at once, the second must not pass over what the first waits for.
    try position.withLock { (position) throws(ChannelError) in
      // Whoever has just asked goes on from where that was; after a pause what came meanwhile is passed over unread.
      if let used = position?.usedAt, now.duration(since: used) < .seconds(1) || isAwaited {
        position?.usedAt = now
      } else {
        let reader = JournalReader(folder, after: try folder.log.tailNumberAtOnce())
        position = Position(reader: reader, epoch: epoch, usedAt: now)
      }
    }
  }

  private var isAwaited: Bool { state.withLock { !$0.waiting.isEmpty } }

  /// Takes note of a request; called before its record can be seen by anybody, and so before it is certain to be sent.
  func register(
    _ id: UniqueID,
    _ answer: PendingAnswer,
    since asked: Moment,
    until deadline: Moment,
    orElse failure: @escaping @Sendable () -> ChannelError
  ) {
    let needsTimer = state.withLock { state in
      state.waiting[id] = Waiting(answer: answer, asked: asked, deadline: deadline, failure: failure)
      return state.needsTimer(by: deadline)
    }
    if needsTimer { setTimer(deadline) }
  }

  /// How long to wait for the answer of one of ours before a request is shown to 1.0 programs.
  var patience: AnswerPatience { state.withLock { $0.patience } }

  /// Gives a request up: its answer, if one comes, is nobody's.
  func abandon(_ id: UniqueID) {
    state.withLock { $0.giveUp(id) }
  }

  /// Gives a request up that could not be sent: it is not known which id it got, or whether it got one.
  func abandon(_ answer: PendingAnswer) {
    state.withLock { state in
      if let id = state.waiting.first(where: { $0.value.answer === answer })?.key { state.giveUp(id) }
    }
  }

  /// Whether an answer is to be shown among the messages: it is for a request that nobody waits for any more, or for
  /// none of this channel's at all. All others have gone to whoever asked.
  func isForMessages(_ id: String) -> Bool {
    guard core.isOurs(id, in: direction.opposite), let id = UniqueID(text: id.utf8) else { return true }
    return state.withLock { $0.givenUp.contains(id) }
  }

  /// Ends all waiting.
  func close(_ failure: ChannelError) {
    let waiting = state.withLock { state in
      let answers = state.waiting.values.map(\.answer)
      for id in Array(state.waiting.keys) { state.giveUp(id) }
      return answers
    }
    for answer in waiting { answer.finish(.failure(failure)) }
    core.watcher.wakeWaiters()
  }

  // MARK: Time

  private func setTimer(_ moment: Moment) {
    core.watcher.schedule(at: moment) { [weak self] in self?.timeIsUp(moment) }
  }

  private func timeIsUp(_ moment: Moment) {
    let now = Moment.now
    let (late, next, trouble) = state.withLock { state in
      state.timers.removeAll { $0 == moment }
      let late = state.waiting.filter { $0.value.deadline <= now }
      for id in late.keys { state.giveUp(id) }
      if !late.isEmpty { state.patience.missed() }
      // Those that are set for later serve as well.
      let next = state.waiting.values.map(\.deadline).min().flatMap { state.needsTimer(by: $0) ? $0 : nil }
      let isRecent = state.trouble.map { now.duration(since: $0.at) < Self.retryPause * 2 } ?? false
      return (late.values.map { $0 }, next, isRecent ? state.trouble?.error : nil)
    }
    for waiting in late {
      waiting.answer.finish(.failure(trouble.map { Self.failure(waiting.failure(), $0) } ?? waiting.failure()))
    }
    if let next { setTimer(next) }
    if !late.isEmpty { core.watcher.wakeWaiters() }
  }

  // MARK: Answers

  func pump(_ depth: LookDepth) {
    guard isAwaited else { return owe(depth) }
    let isOwed =
      owesThoroughLook.load(ordering: .relaxed) && owesThoroughLook.exchange(false, ordering: .acquiringAndReleasing)
    let depth = isOwed ? .thorough : depth
    var isAnyThere = false
    var left = Self.turnByteCount
    // Whoever reads at the moment looks again before it ends: reads until nothing is new, or nobody waits any more. The
    // look that finds nothing costs as much as the one that found the answer.
    while let answers = position.withLock({ readAnswers(&$0, depth, &left) }) {
      let now = Moment.now
      for (id, message, isOfOurs) in answers {
        let waiting = state.withLock { state in
          let waiting = state.waiting.removeValue(forKey: id)
          if !isOfOurs {
            state.patience.missed()
          } else if let asked = waiting?.asked {
            state.patience.answered(after: now.duration(since: asked))
          }
          return waiting
        }
        waiting?.answer.finish(.success(message))
        isAnyThere = true
      }
      guard isAwaited else {
        owe(depth)
        break
      }
      guard left > 0 else {
        readOnLater()
        break
      }
    }
    if isAnyThere { core.watcher.wakeWaiters() }
  }

  /// Keeps a notice for when somebody waits: later ones will only tell of growth, perhaps of another file than is read.
  private func owe(_ depth: LookDepth) {
    if depth == .thorough { owesThoroughLook.store(true, ordering: .releasing) }
  }

  /// Reads on when timers and other channels have had their turn: nobody bounds what the other side may append.
  private func readOnLater() {
    guard !isReadingOnSet.exchange(true, ordering: .acquiringAndReleasing) else { return }
    core.watcher.schedule(at: .now) { [weak self] in
      self?.isReadingOnSet.store(false, ordering: .releasing)
      self?.pump(.thorough)
    }
  }

  /// Reads a stretch, of which it takes the bytes from what is left; nil when nothing is new.
  private func readAnswers(
    _ position: inout Position?,
    _ depth: LookDepth,
    _ left: inout Int
  ) -> [(UniqueID, Message, isOfOurs: Bool)]? {
    let epoch = core.epoch
    left -= Self.leastByteCount
    do throws(ChannelError) {
      if let known = position?.epoch, known != epoch {
        // The channel was replaced: an answer can only come in the new one.
        position?.reader = JournalReader(try core.direction(direction), after: .none)
        position?.epoch = epoch
      }
      guard let stretch = try position?.reader.next(depth) else { return nil }
      left -= stretch.bytes.count
      return stretch.records.compactMap { answer(in: $0, of: stretch.bytes) }
    } catch {
      // The answer can still come in the channel that took its place.
      if error.code == .closed, core.wasReplaced(since: epoch), core.epoch != epoch { return [] }
      meet(error)
      return nil
    }
  }

  /// A channel that is no more, or that cannot be read, ends all waiting. Anything else may pass before the time is up.
  private func meet(_ error: ChannelError) {
    switch error.code {
    case .noChannel where core.isExpectedBack: break
    case .closed, .noChannel, .newerFormat, .damaged:
      close(
        ChannelError(
          error.code,
          at: error.path,
          "the request was sent, and its answer cannot be read: \(error.what)",
          hint: error.hint
        )
      )
      return
    default: break
    }
    let now = Moment.now
    state.withLock { $0.trouble = (error, now) }
    guard !isRetrySet.exchange(true, ordering: .acquiringAndReleasing) else { return }
    core.watcher.schedule(at: now.advanced(by: Self.retryPause)) { [weak self] in
      self?.isRetrySet.store(false, ordering: .releasing)
      self?.pump(.thorough)
    }
  }

  private static func failure(_ failure: ChannelError, _ trouble: ChannelError) -> ChannelError {
    ChannelError(
      failure.code,
      at: trouble.path,
      "\(failure.what); answers cannot be read: \(trouble.what)",
      hint: trouble.hint
    ).accepting(failure.accepted)
  }

  private func answer(in record: JournalRecord, of bytes: [UInt8]) -> (UniqueID, Message, isOfOurs: Bool)? {
    guard record.kind.carriesMessage else { return nil }
    let content = bytes.span.extracting(record.content)
    // What is no message was planted: nobody waits for it.
    guard let index = try? MessageIndex(element: content, findsDuplicates: false), index.kind == .response,
      let place = index.replyTo,
      let id = UniqueID(text: bytes, at: record.content.lowerBound + place.lowerBound, count: place.count)
    else { return nil }
    guard state.withLock({ $0.waiting[id] != nil }) else { return nil }
    return (id, Message(index, in: content), record.kind == .message)
  }
}
