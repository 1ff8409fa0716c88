// Those at the other ends.

internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import LinuxIO
internal import Transom

extension Bridge {
  /// So many readers of those who come by doors are kept for, since what is kept takes room until they come again.
  private static let mostReaders = 64

  func listen(most: Int) throws(ChannelError) {
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

  /// Begins to speak with whom it has come to. What he is told is kept for him.
  func welcome(_ arrival: PeerArrival) {
    guard !isEnding else { return arrival.handed.stream.close() }
    let name = "\(address)\(arrival.identity?.text.map { " (\($0))" } ?? "")"
    let peer = newPeer(name, arrival.handed.stream, route.wire(), Keeping(reader: route.readerName))
    peer.begin(arrival.handed)
    enter(peer)
  }

  /// Begins to speak with somebody who has come.
  private func welcome(_ stream: ByteStream, _ name: String) {
    guard !isEnding else { return stream.close() }
    let peer = newPeer(name, stream, route.wire(), nil)
    do throws(TLSError) {
      if let security { try stream.secure(by: security) }
    } catch {
      told(.lost(name, "\(error)"))
      return peer.close()
    }
    peer.begin()
    if security == nil { enter(peer) }
  }

  private func newPeer(
    _ name: String,
    _ stream: ByteStream,
    _ wire: any Wire,
    _ keeping: Keeping?,
    _ visitor: Visitor? = nil,
    isListener: Bool = false
  ) -> Peer {
    peerCount += 1
    let peer = Peer(peerCount, name, stream, wire, keeping: keeping, visitor: visitor, isListener: isListener) {
      [weak self, number = peerCount] happening in
      self?.assumeIsolated { $0.meet(happening, ofPeer: number) }
    }
    peers[peer.number] = peer
    return peer
  }

  /// Begins to speak with somebody whom somebody else has let in. Who comes again while it is not known yet that he was lost
  /// takes the place that he had.
  func welcome(_ handed: HandedStream, _ visitor: Visitor, _ manner: DoorManner, keeping: Keeping?) {
    guard !isEnding else { return handed.stream.close() }
    if let keeping {
      for peer in peers.values where peer.keeping?.reader == keeping.reader {
        feeds.removeValue(forKey: peer.number)?.stop()
        part(from: peer, .replaced)
      }
    }
    let name = "\(visitor.identity)"
    let peer = newPeer(name, handed.stream, manner.wire, keeping, visitor, isListener: manner != .webSocket)
    peer.begin(handed)
    enter(peer)
  }

  /// Tells all who are there that there is still somebody.
  func showLife() {
    for peer in peers.values { peer.showLife() }
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
    // What came with the request for a WebSocket.
    if peer.hasItems { work(on: peer) }
    placeWaiting()
  }

  private func meet(_ happening: Peer.Happening, ofPeer number: Int) {
    guard let peer = peers[number] else { return }
    switch happening {
    case .items: if peer.isAdmitted { work(on: peer) }
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
    if manner == .connecting { partFromOther(words) }
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

  /// Throws when nothing can be kept for this one: events are kept for as many as may be.
  func checkMayKeep(for keeping: Keeping?) throws(DoorFault) {
    guard let keeping, lastFeeds[keeping.reader] == nil, lastFeeds.count >= Self.mostReaders else { return }
    throw DoorFault(.tooMany, "refused", "events are kept for \(Self.mostReaders) readers already")
  }
}
