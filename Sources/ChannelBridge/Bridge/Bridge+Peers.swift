// Those at the other ends.

internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import LinuxIO
internal import Transom

extension Bridge {
  /// Where the other end is, in words.
  var place: String { address.map { "\($0.at(port: port))" } ?? "the door" }

  func listen(most: Int) throws(ChannelError) {
    guard let address else { preconditionFailure("who listens has an address") }
    let limits = ListenerLimits(connections: most, stream: Self.limits)
    do throws(SystemError) {
      listener = try StreamListener(at: address.place(lent), limits: limits, on: loop) { [weak self] event in
        self?.assumeIsolated { $0.meet(event) }
      }
    } catch {
      throw address.cannotListen(error)
    }
    told(.listening(at: place))
  }

  /// The port at which it listens, also where any would do.
  package var port: UInt16? { listener?.port }

  private func meet(_ event: ListenerEvent) {
    switch event {
    case .connected(let stream, let who):
      let name = who.map { "\($0)" } ?? "somebody at \(place)"
      welcome(stream, name)
    case .refused: told(.full(place))
    case .paused(let error): told(.paused(place, error))
    }
  }

  /// Begins to speak with whom it has come to. What he is told is kept for him; over a further connection he is told nothing.
  func welcome(_ arrival: PeerArrival, isFurther: Bool = false) {
    guard !isEnding else { return arrival.handed.stream.close() }
    let name = "\(place)\(arrival.identity?.text.map { " (\($0))" } ?? "")"
    let peer = newPeer(
      name,
      arrival.handed.stream,
      route.wire.wire(naming: Self.newPrefix()),
      isFurther ? nil : Keeping(reader: route.readerName),
      isFurther: isFurther
    )
    peer.begin(arrival.handed)
    enter(peer)
  }

  /// Begins to speak with somebody who has come.
  private func welcome(_ stream: ByteStream, _ name: String) {
    guard !isEnding else { return stream.close() }
    let peer = newPeer(name, stream, route.wire.wire(naming: Self.newPrefix()), nil)
    do throws(TLSError) {
      if let security { try stream.secure(by: security) }
    } catch {
      told(.lost(name, "\(error)"))
      return peer.close()
    }
    peer.begin()
    if security == nil { enter(peer) }
  }

  /// No other connection has it: what ids begin with that are made up for one.
  private static func newPrefix() -> String { "\(UInt64.random(in: .min ... .max))-" }

  private func newPeer(
    _ name: String,
    _ stream: ByteStream,
    _ wire: any Wire,
    _ keeping: Keeping?,
    _ visitor: Visitor? = nil,
    isListener: Bool = false,
    isFurther: Bool = false
  ) -> Peer {
    peerCount += 1
    let peer = Peer(
      peerCount,
      name,
      stream,
      wire,
      keeping: keeping,
      visitor: visitor,
      isListener: isListener,
      isFurther: isFurther,
      leftBehind,
      unread
    ) {
      [weak self, number = peerCount] happening in
      self?.assumeIsolated { $0.meet(happening, ofPeer: number) }
    }
    peer.breaker = manner == .connecting ? nil : route.breaker
    peers[peer.number] = peer
    return peer
  }

  /// Begins to speak with somebody whom somebody else has let in. Who comes again while it is not known yet that he was lost
  /// takes the place that he had.
  func welcome(_ handed: HandedStream, _ visitor: Visitor, _ manner: DoorManner, keeping: Keeping?) -> Peer? {
    guard !isEnding else {
      handed.stream.close()
      return nil
    }
    if let keeping {
      for peer in peers.values where peer.keeping?.reader == keeping.reader {
        feeds.removeValue(forKey: peer.number)?.stop()
        part(from: peer, .replaced)
      }
    }
    let name = "\(visitor.identity)"
    let wire = manner.wire(naming: Self.newPrefix())
    let peer = newPeer(name, handed.stream, wire, keeping, visitor, isListener: manner != .webSocket)
    peer.begin(handed)
    enter(peer)
    return peer
  }

  /// Tells all who are there that there is still somebody.
  package func showLife() {
    for peer in peers.values { peer.showLife() }
  }

  /// Leaves one who may not be here any more.
  func dismiss(_ peer: Peer) {
    feeds.removeValue(forKey: peer.number)?.stop()
    peer.dismiss()
    failRequests(at: peer)
    part(from: peer)
  }

  /// Has to do with somebody who may come in.
  private func enter(_ peer: Peer) {
    // One who was left as he was greeted is told nothing more, and has said why.
    if route.outward.events.isEmpty || peer.isFurther || !peer.mayBeTold {
      admit(peer)
    } else {
      tellEvents(to: peer)
    }
  }

  /// Listens to a peer. What it asks is answered after its events have begun: so it knows from when on it gets them.
  func admit(_ peer: Peer) {
    guard peer.isOpen, !isEnding else { return peer.close() }
    // Further ones come and go as there is something to do.
    if !peer.isFurther { told(.connected(peer.name)) }
    peer.admit()
    attendAnswering()
    // What came with the request for a WebSocket.
    if peer.hasItems { work(on: peer) }
    placeWaiting(isSomebodyNew: true)
  }

  private func meet(_ happening: Peer.Happening, ofPeer number: Int) {
    guard let peer = peers[number] else { return }
    switch happening {
    case .items: if peer.isAdmitted { work(on: peer) }
    case .secured: enter(peer)
    case .flushed:
      peer.isAwaited = false
      feeds[peer.number]?.flushed()
      placeWaiting()
    case .inputEnded: conclude(peer)
    case .tooMuchUnread: peers.values.max { $0.pendingAnswers.byteCount < $1.pendingAnswers.byteCount }?.endUnread()
    case .ended(let words): lose(peer, words)
    }
  }

  private func lose(_ peer: Peer, _ words: String?) {
    guard peers.removeValue(forKey: peer.number) != nil else { return }
    // What it took over before it went needs not be told again.
    feeds[peer.number]?.acknowledged(peer.waitingAcknowledgements)
    feeds[peer.number]?.stop()
    // What it has said may still answer some, or refuse what it was told.
    if !peer.isWorking { forget(peer) }
    let hasOther = manner == .connecting && !peer.isFurther
    let pause = hasOther ? pauseBeforeAgain() : nil
    if peer.hasItems, leftBehind.isTooMuch {
      peer.dropItems()
      telling.turnAway(peer.number)
      let rest = "what it said last is dropped, since too much waits already"
      told(.lost(peer.name, words.map { "\($0); \(rest)" } ?? rest, again: pause))
    } else if words != nil || !peer.isFurther {
      told(.lost(peer.name, words, again: pause))
    }
    attendAnswering()
    if hasOther { partFromOther(words ?? peer.refusal?.description, again: pause) }
  }

  /// Has done with a peer who is gone, and of whom nothing more is dealt with.
  func forget(_ peer: Peer) {
    feeds[peer.number] = nil
    peer.dropItems()
    failRequests(at: peer)
  }

  /// Leaves a peer that says nothing more, or nothing that can be read, once it has all its answers.
  func conclude(_ peer: Peer) {
    guard peer.hasInputEnded || peer.refusal != nil, !peer.isWorking, !peer.hasItems else { return }
    failRequests(at: peer)
    guard peer.inFlight == 0 else { return attendParting(of: peer) }
    if let refusal = peer.refusal { peer.tell(refusal) }
    feeds.removeValue(forKey: peer.number)?.stop()
    part(from: peer)
  }

  /// Leaves a peer from whom nothing more comes, once it gets on no more with its answers: who reads none would keep his place.
  func attendParting(of peer: Peer) {
    guard !peer.isParting else { return }
    peer.isParting = true
    Task {
      var answered = -1
      while peer.isOpen, answered != peer.answeredCount {
        answered = peer.answeredCount
        await loop.pause(route.answeringTime + Self.partingTime)
      }
      peer.close()
    }
  }

  /// Leaves a peer, and has done with it when it does not read the rest.
  func part(from peer: Peer, _ farewell: Farewell = .ending) {
    peer.leave(farewell)
    Task {
      await loop.pause(Self.partingTime)
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
}
