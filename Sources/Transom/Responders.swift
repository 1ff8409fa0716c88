// The handlers of one channel, and the requests on their way to them.

internal import ChannelMessages
internal import ChannelModel
internal import Synchronization

/// Reads the other side's requests whenever there may be new ones, and answers those that a handler takes.
///
/// It is read on the thread that noticed the change; handlers that may wait run as tasks, so many at once. While all are
/// busy nothing is read: what waits, waits in the journal.
final class Responders: Lane.Pump {
  enum Handler: Sendable {
    case task(@Sendable (Message) async throws -> JSONText)
    case inline(@Sendable (Message) throws -> JSONText)
    /// Called like an inline one; the answer comes later, through the reply.
    case later(@Sendable (Message, RequestReply) -> Void)
  }

  /// So many requests are worked on at once, unless whoever answers has told otherwise.
  private static let highestRunningCount = 16
  /// While so many bytes of requests are being worked on no more are taken.
  private static let highestRunningByteCount = 64 << 20

  let core: ChannelCore
  private let direction: Direction
  let outbox: Outbox
  let onTrouble: @Sendable (ChannelError) -> Void

  fileprivate struct Entry {
    let number: Int
    let pattern: MethodPattern
    let handler: Handler
  }

  struct State {
    /// Exact names before patterns, each in the order in which they were added.
    fileprivate var entries: [Entry] = []
    fileprivate var nextNumber = 0
    /// So many requests are worked on at once.
    var mostRunning = highestRunningCount
    var mostBytes = highestRunningByteCount
    /// How far back a first look goes for what nobody has answered.
    var lookback = RequestStream.lookback
    var running = 0
    var runningByteCount = 0
    /// Why nothing more is taken.
    var end: ChannelError?
    var hasBegun = false
    var idlers: [CheckedContinuation<Void, Never>] = []

    fileprivate mutating func insert(_ method: MethodPattern, _ handler: Handler) -> Int {
      let entry = Entry(number: nextNumber, pattern: method, handler: handler)
      nextNumber += 1
      let place = method.isExact ? entries.firstIndex { !$0.pattern.isExact } : nil
      entries.insert(entry, at: place ?? entries.count)
      return entry.number
    }

    /// Whether another request may be taken.
    var hasRoom: Bool {
      running < mostRunning && runningByteCount < mostBytes && end == nil
    }

    /// Whether some of them run where requests are noticed.
    fileprivate var hasInline: Bool { entries.contains { if case .task = $0.handler { false } else { true } } }
  }

  let state = Mutex(State())

  private let stream = Mutex<RequestStream?>(nil)
  /// Notices that came while another thread was reading.
  private let pumpsWanted = Atomic<Int>(0)
  /// Whether it reads on as soon as others had their turn.
  private let isReadingOnSet = Atomic(false)
  /// So many bytes of messages are read in one turn.
  private static let turnByteCount = 4 << 20
  private let isRetrySet = Atomic(false)
  /// So long the journal's lock may be busy before that is told.
  private static let patience = Duration.seconds(6)

  init(
    _ core: ChannelCore,
    requestsIn direction: Direction,
    outbox: Outbox,
    onTrouble: @escaping @Sendable (ChannelError) -> Void
  ) {
    self.core = core
    self.direction = direction
    self.outbox = outbox
    self.onTrouble = onTrouble
  }

  // MARK: Handlers

  /// How much is worked on at once, and how far back a first look goes; to be told before the first handler is added.
  func prepare(mostRunning: Int, mostBytes: Int, lookback: Duration) {
    state.withLock { state in
      state.mostRunning = mostRunning
      state.mostBytes = mostBytes
      state.lookback = lookback
    }
  }

  func add(_ pattern: String, _ handler: Handler) -> Responder { add([pattern], handler)[0] }

  /// Adds one handler under several patterns, before anything is read: what came before is met by all of them.
  func add(_ patterns: [String], _ handler: Handler) -> [Responder] {
    let (numbers, isFirst, end) = state.withLock { state in
      let numbers = patterns.map { state.insert(MethodPattern($0), handler) }
      defer { state.hasBegun = true }
      return (numbers, !state.hasBegun, state.end)
    }
    if let end {
      onTrouble(end)
    } else if isFirst {
      start()
    }
    return zip(patterns, numbers).map { pattern, number in
      Responder(pattern) { [weak self] in self?.remove(number) }
    }
  }

  private func remove(_ number: Int) {
    state.withLock { $0.entries.removeAll { $0.number == number } }
  }

  /// Whether a handler takes this method's requests.
  func takes(_ method: String) -> Bool { handler(for: method) != nil }

  private func handler(for method: String) -> Handler? {
    state.withLock { state in
      state.end == nil ? state.entries.first { $0.pattern.matches(method) }?.handler : nil
    }
  }

  // MARK: Reading

  private func start() {
    core.lane(direction).add(self)
    let lookback = state.withLock { $0.lookback }
    var fresh = RequestStream(core, requestsIn: direction, answersIn: outbox.direction, since: lookback)
    do throws(ChannelError) {
      try fresh.begin()
      put(fresh)
      pumpAll()
    } catch {
      // It begins with a later look.
      put(fresh)
      meet(error)
    }
  }

  private func put(_ fresh: RequestStream) {
    // Unless it was stopped meanwhile.
    stream.withLock { stream in if state.withLock({ $0.end == nil }) { stream = fresh } }
  }

  /// Takes what waits. Inline handlers run on the thread that notices changes and on no other: whoever calls this may
  /// hold a lock that they take.
  func pumpAll() {
    guard state.withLock({ $0.hasInline }) else { return pump(.thorough) }
    core.watcher.schedule(at: .now) { [weak self] in self?.pump(.thorough) }
  }

  /// Takes requests until nothing is new or all handlers are busy.
  func pump(_ depth: LookDepth) {
    // One thread reads at a time, and the others leave it their notice; an inline handler that sends may come here again.
    guard pumpsWanted.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue == 0 else { return }
    var wanted = 1
    var depth = depth
    var left = Self.turnByteCount
    repeat {
      while state.withLock({ $0.hasRoom }), let (request, handler) = nextRequest(depth, &left) {
        answer(request, handler)
        // Whoever glances does so again and again: the next request mostly comes after the answer.
        depth = depth == .glance ? .atHand : depth
      }
      guard left > 0 else {
        // What the notices of meanwhile told of is found then as well.
        pumpsWanted.store(0, ordering: .releasing)
        return readOnLater()
      }
      wanted = pumpsWanted.wrappingSubtract(wanted, ordering: .acquiringAndReleasing).newValue
      // How thorough those notices were was not left.
      depth = .thorough
    } while wanted > 0
  }

  /// Reads on when timers and other channels have had their turn: nobody bounds what the other side may append.
  private func readOnLater() {
    guard !isReadingOnSet.exchange(true, ordering: .acquiringAndReleasing) else { return }
    core.watcher.schedule(at: .now) { [weak self] in
      self?.isReadingOnSet.store(false, ordering: .releasing)
      self?.pump(.thorough)
    }
  }

  /// The next request that a handler takes; nil when there is none now, or nothing left of the turn.
  private func nextRequest(_ depth: LookDepth, _ left: inout Int) -> (Message, Handler)? {
    do throws(ChannelError) {
      return try stream.withLock { (stream) throws(ChannelError) in
        while let delivered = try stream?.next(depth, &left) {
          let message = delivered.message
          guard message.kind == .request, let method = message.method, let handler = handler(for: method),
            stream?.wasAnswered(message.id) == false
          else { continue }
          stream?.trouble = nil
          return (message, handler)
        }
        return nil
      }
    } catch {
      meet(error)
      return nil
    }
  }

  /// A channel that is no more ends it: what is asked then is found among the messages. Anything else may pass: it is
  /// told once, and looked at again.
  private func meet(_ error: ChannelError) {
    if error.code == .closed || error.code == .noChannel {
      try? end(by: error)?.close()
      onTrouble(error)
      return
    }
    let now = Moment.now
    let isNews = stream.withLock { stream in
      let since = stream?.trouble?.since ?? now
      let isTold = stream?.trouble?.isTold ?? false
      // A lock is busy now and then.
      let isWorthTelling = error.code != .lockTimeout || now.duration(since: since) >= Self.patience
      stream?.trouble = (since, isTold || isWorthTelling)
      return isWorthTelling && !isTold
    }
    if isNews { onTrouble(error) }
    guard !isRetrySet.exchange(true, ordering: .acquiringAndReleasing) else { return }
    _ = core.watcher.schedule(at: now.advanced(by: .milliseconds(error.code == .lockTimeout ? 10 : 500))) {
      [weak self] in
      self?.isRetrySet.store(false, ordering: .releasing)
      self?.pump(.thorough)
    }
  }

  // MARK: Ending

  private func end(by error: ChannelError) -> RequestStream? {
    state.withLock { $0.end = $0.end ?? error }
    return stream.withLock { $0.take() }
  }

  /// Takes nothing more, for this reason.
  func stopTaking(_ reason: ChannelError) {
    do throws(ChannelError) {
      try end(by: reason)?.close()
    } catch {
      onTrouble(error)
    }
  }

  /// Waits until no handler runs.
  func finish() async {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if state.running == 0 { return true }
        state.idlers.append(continuation)
        return false
      }
      if isIdle { continuation.resume() }
    }
  }

  /// Waits on the calling thread until no handler runs.
  func finishBlocking() {
    _ = core.watcher.wait(until: nil) { state.withLock { $0.running == 0 } }
  }
}
