// One end of a socket, for a command.

internal import ChannelBridge
internal import ChannelCommands
internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import LinuxIO
internal import Transom

/// A connection to whoever is at an address and speaks messages, from its beginning to its end.
///
/// A bridge there gives requests to each who is connected: those that nobody here answers are refused at once, so that
/// whoever asked does not wait in vain.
actor SocketConversation {
  private enum State {
    case fresh
    case connecting(PeerConnector)
    case open(ByteStream)
    case over
  }

  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  nonisolated let address: PeerAddress
  private let security: TLSContext?
  private let introduction: PeerIntroduction
  /// What requests are refused with; nil where they are answered.
  private let refusal: String?
  /// Which messages are of interest.
  private let keeps: @Sendable (Message) -> Bool

  private var state = State.fresh
  private lazy var wire: any Wire = address.wire.wire(naming: "\(SocketConversation.newID())-")
  /// What came and was not taken yet.
  private var messages: [Message] = []
  private var messageBytes = 0
  /// What waits for room.
  private var outgoing: [[UInt8]] = []
  /// The last event that was written, and whether the other end has said that it has it.
  private var lastEvent: String?
  private var isAcknowledged = false
  private var waiters: [CheckedContinuation<Void, Never>] = []
  /// How much has happened: whoever waits says what he knows of, since a call within an actor may let others in before.
  private var happenings = 0
  /// Whether the other end says nothing more.
  private var hasInputEnded = false
  /// Why nothing more comes; nil as long as something may.
  private(set) var fault: ChannelError?

  /// So long it takes to connect at most, where nobody says otherwise.
  static let connectingLimit = Duration.seconds(10)
  /// While so much waits to be taken nothing more is read.
  private static let mostMessages = 1_024
  private static let mostBytes = 4 << 20
  /// Whoever lets more wait than that reads nothing.
  private static let mostOutgoing = 4_096

  /// One that is not connected yet. Requests are refused with `refusal`, or answered where that is nil; messages that
  /// it does not keep are passed over.
  init(
    _ invocation: Invocation,
    _ around: Surroundings,
    refusing refusal: String?,
    keeping keeps: @escaping @Sendable (Message) -> Bool
  ) throws {
    address = try PeerAddress(written: invocation.address ?? "")
    if address.isDoor || address.endpoint == .standard {
      throw UsageError("\(address) is for a bridge", hint: "see `transom bridge --help`")
    }
    security = try BridgeSecurity.context(invocation, address)
    introduction = PeerIntroduction(token: try BridgeSecurity.token(invocation, address, around))
    self.refusal = refusal
    self.keeps = keeps
    loop = try Loop.start("socket")
  }

  // MARK: Connecting

  /// Connects, and knows who that is where that is asked.
  func connect(within limit: Duration = connectingLimit) async throws(ChannelError) {
    guard case .fresh = state else { preconditionFailure("it connects once") }
    let limits = StreamLimits(lowWater: 0, handshake: limit)
    let connector = PeerConnector(
      to: address,
      introducing: introduction,
      securedBy: security,
      limits: limits,
      within: limit,
      on: loop
    ) { [weak self] result in self?.assumeIsolated { $0.came(result) } }
    state = .connecting(connector)
    while true {
      let known = happenings
      switch state {
      case .fresh, .connecting: await happening(after: known)
      case .open: return
      case .over: throw fault ?? .left(address)
      }
    }
  }

  private func came(_ result: Result<PeerArrival, PeerFailure>) {
    defer { wake() }
    switch result {
    case .failure(let failure): end(.notReached(address, failure))
    case .success(let arrival):
      state = .open(arrival.handed.stream)
      arrival.handed.follow { [weak self] event in self?.assumeIsolated { $0.meet(event) } }
    }
  }

  // MARK: What happens

  /// That the other end has left, and how where that is known.
  private var departure: ChannelError {
    if case .open(let stream) = state { .left(address, stream.afterword) } else { .left(address) }
  }

  private func meet(_ event: StreamEvent) {
    defer { wake() }
    switch event {
    case .received(let bytes):
      let items = wire.take(bytes)
      say(wire.takeAnswers())
      for item in items where fault == nil { take(item) }
      attend()
    case .inputEnded:
      for item in wire.takeEnd() where fault == nil { take(item) }
      hasInputEnded = true
    case .drained: pump()
    case .secured: break
    // Who has said all and is gone then has left.
    case .outputRefused(let error), .closed(.failed(let error)):
      end(hasInputEnded ? departure : .lost(address, error.reason))
    case .closed(.insecure(let error)): end(hasInputEnded ? departure : .insecure(address, error))
    case .closed(.finished), .closed(.loopEnded): end(departure)
    }
  }

  private func take(_ item: WireItem) {
    switch item {
    case .message(let message):
      if message.kind == .request, let refusal { refuse(message, refusal) }
      guard keeps(message) else { return }
      messages.append(message)
      messageBytes += message.heldByteCount
    case .acknowledged(let ids):
      if let lastEvent, ids.contains(lastEvent) { isAcknowledged = true }
    case .left: end(departure)
    case .refusedThere(let words): end(.refusedThere(address, words))
    case .refused(let refusal):
      if case .open(let stream) = state, let bytes = wire.encode(refusal: refusal) { _ = stream.write(bytes) }
      end(.speaksOtherwise(address, refusal.description))
    }
  }

  private func refuse(_ request: Message, _ words: String) {
    put(Self.message(.response, replyTo: request.id, error: words))
    if outgoing.count > Self.mostOutgoing {
      end(.lost(address, "it does not read its answers, of which too many wait"))
    }
  }

  /// Reads on or not.
  private func attend() {
    guard case .open(let stream) = state else { return }
    if messages.count >= Self.mostMessages || messageBytes >= Self.mostBytes {
      stream.pauseReading()
    } else {
      stream.resumeReading()
    }
  }

  // MARK: Reading

  /// All that has come and was not taken yet, or what comes next; empty when the time is up, or `fault` says why.
  func next(until limit: Moment?) async -> [Message] {
    while messages.isEmpty {
      let known = happenings
      if hasInputEnded, fault == nil { fault = departure }
      if fault != nil { return [] }
      if let limit, limit <= .now { return [] }
      await happening(after: known, until: limit)
    }
    defer {
      (messages, messageBytes) = ([], 0)
      attend()
    }
    return messages
  }

  // MARK: Writing

  /// Writes messages, and returns when they are out of this process; false when the time was up before.
  @discardableResult
  func write(_ messages: [Message], until limit: Moment? = nil) async throws(ChannelError) -> Bool {
    if case .open(let stream) = state, let limit = stream.lineLimit {
      for message in messages {
        let count = wire.encode(message).count - 1
        guard count <= limit else {
          let hint = "make the queue with longer messages before, as by /proc/sys/fs/mqueue/msgsize_default"
          let what = "a message of \(count) bytes; one of the queue has \(limit) at most"
          throw ChannelError(.tooLarge, at: "\(address)", what, hint: hint)
        }
      }
    }
    if let last = messages.last, last.kind == .event { (lastEvent, isAcknowledged) = (last.id, false) }
    for message in messages { put(message) }
    return try await flush(until: limit)
  }

  /// Says that events are taken over.
  func acknowledge(_ ids: [String]) async throws(ChannelError) {
    guard let bytes = wire.encode(acknowledging: ids) else { return }
    if case .open(let stream) = state, let limit = stream.lineLimit, bytes.count > limit, ids.count > 1 {
      try await acknowledge(Array(ids.prefix(ids.count / 2)))
      return try await acknowledge(Array(ids.dropFirst(ids.count / 2)))
    }
    say(bytes)
    _ = try await flush(until: nil)
  }

  private func put(_ message: Message) { say(wire.encode(message)) }

  private func say(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    outgoing.append(bytes)
    pump()
  }

  /// Hands over what waits, as far as there is room.
  private func pump() {
    guard case .open(let stream) = state else { return }
    var count = 0
    writing: while count < outgoing.count {
      switch stream.write(outgoing[count]) {
      case .taken: count += 1
      case .full: break writing
      case .closed: return end(hasInputEnded ? departure : .lost(address, "it reads no more"))
      }
    }
    outgoing.removeFirst(count)
  }

  private func flush(until limit: Moment?) async throws(ChannelError) -> Bool {
    while case .open(let stream) = state {
      let known = happenings
      if outgoing.isEmpty, stream.waitingCount == 0 { return true }
      if let limit, limit <= .now { return false }
      await happening(after: known, until: limit)
    }
    throw fault ?? .left(address)
  }

  // MARK: Its end

  /// Says that nothing more comes, and waits a moment for the other end to have taken all, which it tells by leaving as
  /// well or by acknowledging the last event; false when it tells nothing.
  func leave(within limit: Duration) async throws(ChannelError) -> Bool {
    defer { close() }
    let deadline = Moment.now.advanced(by: limit)
    // Behind a farewell nothing is acknowledged any more.
    while address.isWebSocket, fault == nil, !hasInputEnded, lastEvent != nil, !isAcknowledged, deadline > .now {
      await happening(after: happenings, until: deadline)
    }
    say(wire.encode(.ending))
    if case .open(let stream) = state { stream.finishWriting() }
    while fault == nil, !hasInputEnded, !isAcknowledged, deadline > .now {
      await happening(after: happenings, until: deadline)
    }
    if let fault, fault.code != .closed { throw fault }
    return fault != nil || hasInputEnded || isAcknowledged
  }

  /// Breaks it off.
  func close() { end(.left(address)) }

  private func end(_ error: ChannelError) {
    fault = fault ?? error
    switch state {
    case .open(let stream): stream.close()
    case .connecting(let connector): connector.cancel()
    case .fresh, .over: break
    }
    state = .over
    outgoing = []
    wake()
  }

  // MARK: Waiting

  /// Waits until something happens, or may have.
  private func happening(after known: Int, until limit: Moment? = nil) async {
    let timer = limit.map { limit in
      let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.wake() } }
      timer.set(after: limit.duration(since: .now))
      return timer
    }
    await withCheckedContinuation { waiter in
      if happenings == known { waiters.append(waiter) } else { waiter.resume() }
    }
    timer?.cancel()
  }

  private func wake() {
    happenings += 1
    let all = waiters
    waiters = []
    for waiter in all { waiter.resume() }
  }
}
