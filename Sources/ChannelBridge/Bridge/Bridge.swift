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
  }

  package nonisolated let loop: Loop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  let route: Route
  let channel: Channel
  /// Tells it from all other bridges, on the trail of a message.
  let identity: String
  let told: @Sendable (BridgeNotice) -> Void
  let address: PeerAddress
  /// What secures the streams where the address says so.
  private let security: TLSContext?
  let manner: Manner

  var peers: [Int: Peer] = [:]
  var asked: [String: AskedRequest] = [:]
  /// Requests that no peer could take yet, in their order.
  var waiting: [WaitingRequest] = []
  /// When the times of `asked` are up, in their order; some may be answered by now.
  var deadlines: [(id: String, at: Moment)] = []
  var feeds: [Int: EventFeed] = [:]
  /// What was taken of peers that may tell it again.
  var seen = RecentHashes()
  var isEnding = false
  var connector: StreamConnector?
  var retryTimer: LoopTimer?
  var backoff = Bridge.freshBackoff
  private var listener: StreamListener?
  private var responders: [Responder] = []
  private var deadlineTimer: LoopTimer?
  private var peerCount = 0
  /// Of the feed that was last: the next one has its name only when that is done.
  var lastFeed: Task<Void, Never>?
  /// Of what was taken over.
  var lastSettling: Task<Void, Never>?

  /// Told at none: what is acknowledged then is all out of this process.
  static let limits = StreamLimits(highWater: 1 << 20, lowWater: 0)
  /// So long it waits at its end for what is under way.
  private static let drainTime = Duration.seconds(2)
  /// So long whoever is left may take to read the rest.
  private static let partingTime = Duration.seconds(5)
  /// So many requests of the channel are at peers at once; others wait in the journal.
  private static let mostRequests = 1_024
  private static let mostBytes = 8 << 20

  /// A bridge of a channel that is open as the side that the other end takes.
  package init(
    _ route: Route,
    between channel: Channel,
    and address: PeerAddress,
    _ manner: Manner,
    securedBy security: TLSContext? = nil,
    on loop: Loop,
    told: @escaping @Sendable (BridgeNotice) -> Void
  ) {
    self.route = route
    self.channel = channel
    self.address = address
    self.manner = manner
    precondition(address.isSecure == (security != nil), "an address that is secured needs what secures it")
    self.security = security
    self.loop = loop
    self.told = told
    identity = "\(UniqueID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)))"
  }

  /// Begins to carry: listens from here on, or connects.
  ///
  /// - Throws: A `ChannelError` when it cannot listen there.
  package func begin() async throws {
    let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.timesAreUp() } }
    deadlineTimer = timer
    if case .listening(let most) = manner { try listen(most: most) }
    let patterns = route.outward.requests.map(\.pattern)
    // It looks for what was asked before, which may wait for locks.
    let take: @Sendable (Message, RequestReply) -> Void = { [weak self, loop] message, reply in
      guard loop.isOwnThread else {
        return loop.perform { [weak self] in self?.assumeIsolated { $0.take(message, reply) } }
      }
      self?.assumeIsolated { $0.take(message, reply) }
    }
    if !patterns.isEmpty {
      responders = await Task.detached { [channel] in
        channel.take(patterns, most: Self.mostRequests, mostBytes: Self.mostBytes, lookback: .seconds(30), take)
      }.value
    }
    if manner == .connecting { connect() }
  }

  // MARK: Peers

  private func listen(most: Int) throws(ChannelError) {
    let limits = ListenerLimits(connections: most, stream: Self.limits)
    do throws(SystemError) {
      listener = try StreamListener(at: address.endpoint, limits: limits, on: loop) { [weak self] event in
        self?.assumeIsolated { $0.meet(event) }
      }
    } catch {
      throw ChannelError(error, at: "\(address)")
    }
    told(.listening(at: "\(address.at(port: port))"))
  }

  /// The port at which it listens, also where any would do.
  package var port: UInt16? { listener?.port }

  private func meet(_ event: ListenerEvent) {
    switch event {
    case .connected(let stream, let who):
      let name = who.map { "process \($0.process) of user \($0.user)" } ?? "somebody at \(address.at(port: port))"
      welcome(stream, name)
    case .refused: told(.full("\(address)"))
    case .paused(let error): told(.paused("\(address)", error))
    }
  }

  /// Begins to speak with somebody.
  func welcome(_ stream: ByteStream, _ name: String) {
    guard !isEnding else { return stream.close() }
    peerCount += 1
    let peer = Peer(peerCount, name, stream, route.wire()) { [weak self, number = peerCount] happening in
      self?.assumeIsolated { $0.meet(happening, ofPeer: number) }
    }
    peers[peer.number] = peer
    do throws(TLSError) {
      if let security { try stream.secure(by: security) }
    } catch {
      told(.lost(name, "\(error)"))
      return peer.close()
    }
    peer.begin()
    if security == nil { enter(peer) }
  }

  /// Has to do with somebody who may come in.
  private func enter(_ peer: Peer) {
    if route.outward.events.isEmpty { admit(peer) } else { tellEvents(to: peer) }
  }

  /// Listens to a peer. What it asks is answered after its events have begun: so it knows from when on it gets them.
  func admit(_ peer: Peer) {
    guard peer.isOpen, !isEnding else { return peer.close() }
    told(.connected(peer.name))
    peer.admit()
    placeWaiting()
  }

  private func meet(_ happening: Peer.Happening, ofPeer number: Int) {
    guard let peer = peers[number] else { return }
    switch happening {
    case .items: work(on: peer)
    case .secured: enter(peer)
    case .flushed:
      feeds[peer.number]?.flushed()
      placeWaiting()
    case .inputEnded: conclude(peer)
    case .ended(let words): lose(peer, words)
    }
  }

  private func lose(_ peer: Peer, _ words: String?) {
    guard peers.removeValue(forKey: peer.number) != nil else { return }
    feeds.removeValue(forKey: peer.number)?.stop()
    // What it has said may still answer some.
    if !peer.isWorking { failRequests(at: peer) }
    told(.lost(peer.name, words))
    if manner == .connecting, !isEnding { connectLater() }
  }

  /// Leaves a peer that says nothing more, once it has all its answers.
  func conclude(_ peer: Peer) {
    guard peer.hasInputEnded, !peer.isWorking, !peer.hasItems else { return }
    failRequests(at: peer)
    guard peer.inFlight == 0 else { return }
    feeds.removeValue(forKey: peer.number)?.stop()
    part(from: peer)
  }

  /// Leaves a peer, and has done with it when it does not read the rest.
  func part(from peer: Peer) {
    peer.leave()
    Task {
      await pause(Self.partingTime)
      peer.close()
    }
  }

  /// Has the timer call at the first deadline.
  func attendDeadlines() {
    let next = [deadlines.first?.at, waiting.first?.until].compactMap(\.self).min()
    guard let next else { return }
    let now = Moment.now
    deadlineTimer?.set(after: next > now ? next.duration(since: now) : .zero)
  }

  // MARK: Ending

  /// Takes nothing new, waits a moment for what is under way, and leaves everybody.
  package func end() async {
    guard !isEnding else { return }
    isEnding = true
    listener?.close()
    connector?.cancel()
    retryTimer?.cancel()
    let all = responders
    responders = []
    await Task.detached { for responder in all { responder.stop() } }.value
    for request in waiting { request.reply.leave() }
    waiting = []
    let deadline = Moment.now.advanced(by: Self.drainTime)
    while Moment.now < deadline, peers.values.contains(where: { $0.isWorking || $0.inFlight > 0 || $0.outstanding > 0 })
    { await pause(.milliseconds(10)) }
    for peer in peers.values { peer.leave() }
    while Moment.now < deadline, peers.values.contains(where: { !$0.isFlushed }) { await pause(.milliseconds(10)) }
    // What is out by now is done with.
    for (number, feed) in feeds where peers[number]?.isFlushed == true { feed.flushed() }
    await lastSettling?.value
    for peer in peers.values { peer.close() }
    await lastFeed?.value
    await channel.close()
  }

  func pause(_ time: Duration) async {
    await withCheckedContinuation { waiting in
      var timer: LoopTimer?
      timer = LoopTimer(on: loop) {
        timer = nil
        waiting.resume()
      }
      timer?.set(after: time)
    }
  }
}
