// What the channel tells.

internal import ChannelMessages
internal import ChannelModel
internal import Transom

extension Bridge {
  /// So much is looked at for one before others have their turn.
  private static let mostInARow = 64

  /// Tells a peer the events of the channel, for as long as it is there.
  func tellEvents(to peer: Peer) {
    let former = peer.keeping.flatMap { lastFeeds[$0.reader] }
    let task = onLoop { bridge in
      do {
        if let keeping = peer.keeping {
          // Only one may read under the name.
          await former?.value
          try await bridge.tellKept(peer, keeping)
        } else {
          try await bridge.tellLive(peer)
        }
      } catch {
        bridge.told(.troubled(error as? ChannelError ?? ChannelError(.system, at: bridge.channel.path, "\(error)")))
        // It comes again, or we do: and then it is tried again.
        peer.close()
      }
    }
    if let keeping = peer.keeping { lastFeeds[keeping.reader] = task }
  }

  /// Tells it what was kept for it, and what comes; nothing is done with until it has taken it.
  private func tellKept(_ peer: Peer, _ keeping: Keeping) async throws {
    // Another may have come by its name meanwhile.
    guard peer.mayBeTold, !isEnding else { return }
    let name = peer.name
    let deliveries = try await Task.detached { [channel, told] in
      try channel.messages(reader: keeping.reader, from: .now) { told(.missing(name, $0)) }
    }.value
    let feed = EventFeed(acknowledgement) { [weak self] done in
      self?.assumeIsolated { $0.acknowledge(done) }
    } end: { [weak self] in
      self?.assumeIsolated { $0.afterSettling { deliveries.close() } }
    }
    guard mayBegin(feed, for: peer) else { return }
    var count = 0
    while !feed.isStopped, !isEnding, let delivery = try await deliveries.next() {
      guard keeping.has?.includes(delivery) != true, delivery.message.id != setAside,
        let event = outgoing(delivery.message, to: peer)
      else {
        try await delivery.acknowledge()
        await letOthersBeTold(feed)
        continue
      }
      await feed.room()
      // What the peer says of it may come at once, and what was written may be out before it is.
      if acknowledgement == .peer { feed.add(delivery) }
      guard await peer.writeWaiting(event, mark: EventMark(of: delivery)), !feed.isStopped else { break }
      counted.eventsOut &+= 1
      trace(.forwarded, of: delivery.message.id, peer.name)
      // It was of some use, where nobody has to say so.
      if acknowledgement == .written { backoff = Self.freshBackoff }
      if acknowledgement == .written {
        if peer.isFlushed {
          feed.flushed()
          try await delivery.acknowledge()
          trace(.acknowledged, of: delivery.message.id)
        } else {
          feed.add(delivery)
        }
      }
      count += 1
      if let most = keeping.most, count >= most || feed.isFull {
        part(from: peer)
        break
      }
      await letOthersBeTold(feed)
    }
    // At the end what is on its way still comes there, and is done with then: see `end`.
    if isEnding { return }
    // What it took over before it went needs not be told again.
    feed.acknowledged(peer.waitingAcknowledgements)
    feed.stop()
  }

  /// Tells it what comes from now on.
  private func tellLive(_ peer: Peer) async throws {
    let name = peer.name
    // It is opened by a thread that may wait.
    let messages = await Task.detached { [channel, told] in
      channel.messages(from: .now) { told(.missing(name, $0)) }
    }.value
    let feed = EventFeed(acknowledgement) { _ in
    } end: {
      messages.close()
    }
    guard mayBegin(feed, for: peer) else { return }
    while !feed.isStopped, !isEnding, let message = try await messages.next() {
      await letOthersBeTold(feed)
      guard let event = outgoing(message, to: peer) else { continue }
      guard await peer.writeWaiting(event) else { break }
      counted.eventsOut &+= 1
    }
    feed.stop()
  }

  /// Of much that waits for each none has all of it looked at before others have anything.
  private func letOthersBeTold(_ feed: EventFeed) async {
    if feed.countSeen().isMultiple(of: Self.mostInARow) { await Task.yield() }
  }

  /// Lets a peer in whose events have begun, unless it has gone meanwhile.
  private func mayBegin(_ feed: EventFeed, for peer: Peer) -> Bool {
    guard peers[peer.number] === peer, peer.mayBeTold, !isEnding else {
      feed.stop()
      // Whoever is being left has still to read why.
      if peer.mayBeTold { peer.close() }
      return false
    }
    feeds[peer.number] = feed
    admit(peer)
    return true
  }

  /// An event as it stands on the other side; nil for what does not go across.
  private func outgoing(_ message: Message, to peer: Peer) -> Message? {
    guard message.kind == .event, let name = message.method.flatMap(route.outward.events.map(name:)),
      peer.visitor?.hears(name) ?? true
    else { return nil }
    var event = message
    event.method = name
    // Whoever hears of it is not told who told it.
    event.unknownFields = Origin.removed(message.unknownFields)
    do throws(Trail.Fault) {
      event.unknownFields = try Trail.extended(event.unknownFields, by: identity)
    } catch {
      drop(message, "\(error)")
      return nil
    }
    if let obstacle = peer.obstacle(to: event) {
      drop(message, obstacle)
      return nil
    }
    return event
  }

  private func acknowledge(_ deliveries: [Delivery]) {
    let former = lastSettling
    lastSettling = onLoop { bridge in
      await former?.value
      do {
        for delivery in deliveries {
          try await delivery.acknowledge()
          bridge.trace(.acknowledged, of: delivery.message.id)
        }
      } catch {
        // What is not written down is told again; whoever cares knows it by its id.
        bridge.told(.troubled(error as? ChannelError ?? ChannelError(.system, at: bridge.channel.path, "\(error)")))
      }
    }
  }

  /// Does something once all that was taken over by now is acknowledged.
  private func afterSettling(_ body: @escaping @Sendable () -> Void) {
    let former = lastSettling
    lastSettling = onLoop { _ in
      await former?.value
      body()
    }
  }
}
