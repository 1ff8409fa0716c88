// Messages between a channel and the other ends of streams.

internal import ChannelMessages
internal import ChannelModel
package import ChannelSockets
internal import ChannelWires
internal import LinuxIO
package import Transom

/// Carries the messages of one route, for as long as somebody wants it.
///
/// It is one side of a channel, and whoever is at the other end of a stream takes its place: requests of the channel go to
/// one peer, the one with the fewest to answer, events to all; what peers ask and tell is asked and told in the channel.
/// It lives on a loop, which has to drive the watcher of its channel: so no message changes threads on its way.
package actor Bridge {
  /// How it comes to peers.
  package enum Manner: Hashable, Sendable {
    /// It has one, and connects again whenever it is lost. Events are kept for it meanwhile.
    case connecting
    /// It takes all who come. Events are told to those who are there.
    case listening(most: Int)
    /// It takes those whom doors let in, see `welcome`.
    case handed
  }

  package nonisolated let loop: Loop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  let route: Route
  let channel: Channel
  /// Tells it from all other bridges, on the trail of a message.
  let identity: String
  let told: @Sendable (BridgeNotice) -> Void
  /// Nil where nobody remembers what peers were asked.
  let memory: (any BridgeMemory)?
  /// Nil where somebody else lets them in.
  let address: PeerAddress?
  /// What listens there already, and belongs to somebody else.
  let lent: Int32?
  /// What secures the streams where the address says so.
  var security: TLSContext?
  /// What it says of itself where it connects to a WebSocket.
  var introduction: PeerIntroduction
  let manner: Manner

  /// All but the connections, see `figures`.
  var counted = BridgeFigures()
  var peers: [Int: Peer] = [:]
  var asked: [String: AskedRequest] = [:]
  /// Requests that no peer could take yet, in their order.
  var waiting: [WaitingRequest] = []
  /// What is asked of the channel, until those have asked who are ready to.
  var gathered: [GatheredRequest] = []
  /// When the times of `asked` are up, in their order; some may be answered by now.
  var deadlines: [(id: String, at: Moment)] = []
  var feeds: [Int: EventFeed] = [:]
  /// The event that was refused last, and how often.
  var refusal: (id: String, count: Int)?
  /// The event that was set aside last, which is not told any more.
  var setAside: String?
  /// Of the one that it connects to, over however many connections: each of others has his own.
  var breaker: CircuitBreaker?
  /// Of the one that it connects to.
  var pool: ConnectionPool
  var cache: AnswerCache?
  /// What was taken of peers that may tell it again.
  var seen = RecentHashes()
  var isEnding = false
  private var isShut = false
  var connector: PeerConnector?
  var furtherConnector: PeerConnector?
  /// Of two FIFOs the one that is read, in which nothing is to be lost.
  var heldInput: StreamHalf?
  var retryTimer: LoopTimer?
  var idleTimer: LoopTimer?
  var backoff = Bridge.freshBackoff
  var listener: StreamListener?
  private var responders: [Responder] = []
  private(set) var isAnswering = false
  private var lastAnswering: Task<Void, Never>?
  /// What is asked for those who are no peers.
  var visitCount = 0
  var deadlineTimer: LoopTimer?
  var peerCount = 0
  /// Of each reader the feed that was last: the next one has its name only when that is done.
  var lastFeeds: [String: Task<Void, Never>] = [:]
  /// Those for whom the channel keeps what they have not taken over, as far as they came by doors.
  let kept = KeptReaders()
  var keepingTimer: LoopTimer?
  /// Requests of which it is being looked up whether they were asked before.
  var recalling = 0
  /// Of peers who tell something.
  let telling = TellingQueue()
  /// Whether the bridge ended before something was in the journal: then nothing that comes behind it is either.
  var hasGivenUp = false
  let leftBehind = LeftBehind()
  let unread = UnreadAnswers()
  /// Of what was taken over.
  var lastSettling: Task<Void, Never>?

  /// Told at none: what is acknowledged then is all out of this process.
  static let limits = StreamLimits(highWater: 1 << 20, lowWater: 0)
  /// So long it waits at its end for what is under way.
  private static let drainTime = Duration.seconds(2)
  /// So long whoever is left may take to read the rest.
  static let partingTime = Duration.seconds(5)
  /// So many requests of the channel are at peers at once; others wait in the journal.
  private static let mostRequests = 1_024
  private static let mostBytes = 8 << 20
  /// So far back it looks for what was taken over before.
  private static let mostRemembered: UInt64 = 8_192

  /// A bridge of a channel that is open as the side that the other end takes.
  ///
  /// `lent` is a descriptor that is known to listen at the address already, as whoever started this program has left it: the
  /// bridge makes do with a copy, so that another one may have it after this.
  package init(
    _ route: Route,
    between channel: Channel,
    and address: PeerAddress,
    _ manner: Manner,
    lent: Int32? = nil,
    securedBy security: TLSContext? = nil,
    remembering memory: (any BridgeMemory)? = nil,
    introducing introduction: PeerIntroduction = PeerIntroduction(),
    on loop: Loop,
    told: @escaping @Sendable (BridgeNotice) -> Void
  ) {
    self.route = route
    pool = route.pool
    self.channel = channel
    self.address = address
    self.manner = manner
    self.lent = lent
    precondition(address.isSecure == (security != nil), "an address that is secured needs what secures it")
    self.security = security
    self.memory = memory
    self.introduction = introduction
    self.loop = loop
    self.told = told
    identity = "\(UniqueID.random())"
  }

  /// A bridge for those whom doors let in.
  package init(
    _ route: Route,
    fromDoorsTo channel: Channel,
    remembering memory: (any BridgeMemory)? = nil,
    on loop: Loop,
    told: @escaping @Sendable (BridgeNotice) -> Void
  ) {
    self.route = route
    pool = route.pool
    self.channel = channel
    address = nil
    manner = .handed
    lent = nil
    security = nil
    introduction = PeerIntroduction()
    self.memory = memory
    self.loop = loop
    self.told = told
    identity = "\(UniqueID.random())"
  }

  /// Says this of itself with connections to come.
  package func introduce(as introduction: PeerIntroduction) { self.introduction = introduction }

  /// Has connections to come be secured by this.
  package func secure(by security: TLSContext) {
    precondition(self.security != nil, "an address that is not secured stays so")
    self.security = security
  }

  /// Whether nobody has to do with it at the moment.
  package var isUnused: Bool { peers.isEmpty && asked.isEmpty && visitCount == 0 }

  /// Begins to carry: listens from here on, or connects.
  ///
  /// - Throws: A `ChannelError` when it cannot listen there.
  package func begin() async throws {
    if manner == .connecting { breaker = route.breaker }
    cache = route.cache
    let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.timesAreUp() } }
    deadlineTimer = timer
    if acknowledgement == .peer { try await remember() }
    if manner == .handed { try await beginKeeping() }
    if case .listening(let most) = manner, !isShut { try listen(most: most) }
    attendAnswering()
    await lastAnswering?.value
    if manner == .connecting, !isShut { connect() }
  }

  /// Knows what peers have told a bridge before this one, which may not have come to say that it took it over.
  private func remember() async throws(ChannelError) {
    let hashes = try await waiting { channel throws(ChannelError) -> [UInt64] in
      var hashes: [UInt64] = []
      try channel.forEachSent(ofLast: Self.mostRemembered) { message in
        if let name = Origin.name(in: message) { hashes.append(Self.hash(name)) }
      }
      return hashes
    }
    for hash in hashes { seen.insert(hash) }
  }

  /// Does something with the channel on a thread that may wait for the disk and for locks.
  func waiting<Result: Sendable>(
    _ body: @escaping @Sendable (Channel) throws(ChannelError) -> Result
  ) async throws(ChannelError) -> Result {
    let result = await Task.detached { [channel] () -> Swift.Result<Result, ChannelError> in
      do throws(ChannelError) {
        return .success(try body(channel))
      } catch {
        return .failure(error)
      }
    }.value
    return try result.get()
  }

  /// Answers the channel, or does not any more. What comes by doors is answered only while somebody is there who may be
  /// asked: else those would be kept from it who answer in the channel itself.
  func attendAnswering() {
    let isWanted = mayBeAnswered
    guard isWanted != isAnswering else { return }
    guard isWanted || isEnding else {
      // A page that is loaded again is soon back.
      Task {
        await loop.pause(route.connectingTime)
        if isAnswering, !mayBeAnswered { setAnswering(false) }
      }
      return
    }
    setAnswering(isWanted)
  }

  private var mayBeAnswered: Bool {
    !isEnding && (manner != .handed || peers.values.contains(where: \.answers))
  }

  private func setAnswering(_ isWanted: Bool) {
    guard isWanted != isAnswering else { return }
    isAnswering = isWanted
    let former = lastAnswering
    lastAnswering = Task {
      await former?.value
      if isWanted { await beginAnswering() } else { await stopAnswering() }
    }
  }

  private func beginAnswering() async {
    let patterns = route.outward.requests.map(\.pattern)
    guard !patterns.isEmpty else { return }
    let take: @Sendable (Message, RequestReply) -> Void = { [weak self, loop] message, reply in
      guard loop.isOwnThread else {
        return loop.perform { [weak self] in self?.assumeIsolated { $0.take(message, reply) } }
      }
      self?.assumeIsolated { $0.take(message, reply) }
    }
    // It looks for what was asked before, which may wait for locks.
    responders = await Task.detached { [channel] in
      channel.take(patterns, most: Self.mostRequests, mostBytes: Self.mostBytes, lookback: .seconds(30), take)
    }.value
  }

  /// Leaves what no peer was asked yet to others.
  private func stopAnswering() async {
    let all = responders
    responders = []
    await Task.detached { for responder in all { responder.stop() } }.value
    let left = waiting
    waiting = []
    for request in left { request.reply.leave() }
  }

  /// Begins something that may have to wait, and whose every step is on the loop: also what is nobody's actor, such as
  /// waiting for the next message, for which the task would else change threads twice.
  @discardableResult
  func onLoop(_ body: @escaping @Sendable (isolated Bridge) async -> Void) -> Task<Void, Never> {
    Task(executorPreference: loop) { await body(self) }
  }

  /// Whether the same event may come several times: whoever is not told in time that it was taken over tells it again, and
  /// there are those who tell all who are connected the same.
  var meetsEventsAgain: Bool { acknowledgement == .peer || route.connections > 1 }

  /// By a door all is acknowledged message by message: whoever comes there comes again.
  var acknowledgement: Route.Acknowledgement { manner == .handed ? .peer : route.acknowledgement }

  // MARK: Ending

  /// Lets nobody come any more, so that another one may be at its place from now on. Whoever is here stays until the end.
  package func shut() {
    isShut = true
    listener?.close()
  }

  /// Takes nothing new, waits a moment for what is under way, and leaves everybody.
  package func end() async {
    guard !isEnding else { return }
    isEnding = true
    shut()
    connector?.cancel()
    furtherConnector?.cancel()
    retryTimer?.cancel()
    attendAnswering()
    await lastAnswering?.value
    let deadline = Moment.now.advanced(by: Self.drainTime)
    while Moment.now < deadline,
      recalling > 0 || peers.values.contains(where: { $0.isWorking || $0.inFlight > 0 || $0.outstanding > 0 })
    { await loop.pause(.milliseconds(10)) }
    for peer in peers.values { peer.leave() }
    while Moment.now < deadline, peers.values.contains(where: { !$0.isFlushed }) { await loop.pause(.milliseconds(10)) }
    // A program takes what it was given, and ends.
    if case .program = address?.endpoint {
      while Moment.now < deadline, !peers.isEmpty { await loop.pause(.milliseconds(10)) }
    }
    // What is out by now is done with.
    for (number, feed) in feeds where peers[number]?.isFlushed == true { feed.flushed() }
    await lastSettling?.value
    for peer in peers.values {
      failRequests(at: peer)
      peer.close()
    }
    for feed in lastFeeds.values { await feed.value }
    await channel.close()
  }
}
