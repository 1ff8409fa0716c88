// What peers say.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import Transom

extension Bridge {
  private static let mostAtOnce = 256
  private static let mostBytesAtOnce = 1 << 20
  /// So much of what one says is dealt with before others have their turn.
  private static let mostInARow = 64

  /// Has dealt with what came from a peer, one after the other.
  func work(on peer: Peer) {
    guard !peer.isWorking else { return }
    peer.isWorking = true
    onLoop { bridge in
      var count = 0
      while let item = peer.upcoming {
        count += 1
        if count.isMultiple(of: Self.mostInARow) { await Task.yield() }
        if case .message(let message) = item, message.kind == .event {
          await bridge.takeEvents(of: peer)
        } else if let item = peer.next() {
          await bridge.deal(with: item, of: peer)
        }
      }
      peer.isWorking = false
      if peer.isOpen { bridge.conclude(peer) } else { bridge.forget(peer) }
    }
  }

  private func deal(with item: WireItem, of peer: Peer) async {
    switch item {
    case .message(let message):
      await awaitRate(of: peer)
      // He may have been sent away meanwhile.
      guard peer.mayBeHeard else { return }
      if message.kind == .response { pass(message, from: peer) } else { ask(message, for: peer) }
    case .acknowledged(let ids):
      feeds[peer.number]?.acknowledged(ids)
      backoff = Self.freshBackoff
    case .left: part(from: peer)
    case .refusedThere(let words):
      counted.refused &+= 1
      told(.refusedThere(peer.name, words))
      await refused(by: peer, words)
      part(from: peer)
    case .refused(let refusal):
      counted.refused &+= 1
      told(.refused(peer.name, refusal))
      // And what comes behind it in a FIFO, unless that is somebody else's already.
      if !peer.hasInputEnded { heldInput = nil }
      // What came before is answered first.
      peer.refusal = refusal
    }
  }

  /// Whoever refuses something means what he has not taken over. It is told again when he comes again; in the end it is set
  /// aside, where somebody keeps what is. That is for the one whom we come to: visitors have no say in what becomes of a message.
  private func refused(by peer: Peer, _ words: String) async {
    guard manner == .connecting, let event = feeds[peer.number]?.first else { return }
    let id = event.message.id
    let count = refusal?.id == id ? (refusal?.count ?? 0) + 1 : 1
    refusal = (id, count)
    guard count >= route.attempts, let memory else { return }
    let text = QuotedText.of(words)
    guard await memory.setAside(event.message, number: event.number, attempts: count, because: text) else { return }
    // He may be gone by now, and comes again.
    setAside = id
    feeds[peer.number]?.acknowledged([id])
  }

  // MARK: Events

  /// Tells the channel the events that come next, when all is there that was taken before them, whoever told that: then
  /// also what is told again while it is still on its way to the journal is in there. What waits for that is still the
  /// peer's, and dropped where too much is held of those who are gone.
  private func takeEvents(of peer: Peer) async {
    await awaitRate(of: peer)
    guard await telling.enter(peer.number) else { return }
    let ids = await tellNext(of: peer)
    // Before something is written, which waits for whoever reads it.
    telling.leave()
    guard let ids else { return peer.close() }
    backoff = Self.freshBackoff
    if acknowledgement == .peer, !ids.isEmpty { await peer.acknowledge(ids) }
  }

  /// Tells as many as there are, and says which; nil when the bridge ends before.
  private func tellNext(of peer: Peer) async -> [String]? {
    var ids: [String] = []
    var batch: [Message] = []
    var byteCount = 0
    while ids.count < Self.mostAtOnce, byteCount < Self.mostBytesAtOnce,
      case .message(let message) = peer.next(if: {
        guard case .message(let item) = $0, item.kind == .event else { return false }
        return ids.isEmpty || peer.visitor?.turn() == nil
      })
    {
      ids.append(message.id)
      if let event = incoming(message, of: peer) {
        batch.append(event)
        byteCount += event.heldByteCount
      }
    }
    if !hasGivenUp, await !send(batch) { hasGivenUp = true }
    return hasGivenUp ? nil : ids
  }

  /// What comes too quickly waits, and behind it whatever else he says.
  private func awaitRate(of peer: Peer) async {
    while !isEnding, peer.isOpen, let wait = peer.visitor?.turn() { await loop.pause(wait) }
  }

  /// An event as the channel gets it; nil for what does not go across, or has before.
  private func incoming(_ message: Message, of peer: Peer) -> Message? {
    do throws(DoorFault) {
      try peer.visitor?.checkMayTell(message.method ?? "", byteCount: message.heldByteCount)
    } catch {
      peer.visitor?.countRefusal()
      drop(message, error.words)
      return nil
    }
    if meetsEventsAgain {
      let hash = Self.hash(Self.origin(of: message, toldBy: peer))
      if seen.contains(hash) { return nil }
      // Now, and not when it is in the journal: until then it may come once more. It gets there, or the bridge ends.
      seen.insert(hash)
    }
    guard let name = message.method.flatMap(route.inward.events.map(name:)) else {
      drop(message, "no event of this name goes across")
      return nil
    }
    var event = message
    event.method = name
    do throws(Trail.Fault) {
      event.unknownFields = try Trail.extended(message.unknownFields, by: identity)
    } catch {
      drop(message, "\(error)")
      return nil
    }
    // What others say of that means nothing here.
    event.unknownFields = Origin.removed(event.unknownFields)
    if acknowledgement == .peer {
      event.unknownFields = Origin.extended(event.unknownFields, by: Self.origin(of: message, toldBy: peer))
    }
    return event
  }

  /// Those who come by doors draw their ids each for himself.
  private static func origin(of event: Message, toldBy peer: Peer) -> String {
    Origin.name(of: event, toldBy: peer.visitor.map { peer.keeping?.reader ?? "\($0.identity)" })
  }

  static func hash(_ name: String) -> UInt64 { UInt64(bitPattern: Int64(name.hashValue)) }

  /// Sends events, all of them, however long that takes; false when the bridge ends before.
  private func send(_ events: [Message]) async -> Bool {
    if events.isEmpty { return true }
    var backoff = Self.freshBackoff
    while true {
      do {
        let batch = events.map { Outgoing.event($0.method ?? "", $0.payload, fields: $0.unknownFields) }
        let receipts = try await channel.send(contentsOf: batch)
        counted.eventsIn &+= UInt64(events.count)
        for (receipt, event) in zip(receipts, events) { trace(.arrived, of: receipt.id, named(.event, event.method)) }
        return true
      } catch let error as ChannelError {
        // They are in the journal, whatever went wrong behind that.
        if !error.accepted.isEmpty {
          counted.eventsIn &+= UInt64(events.count)
          told(.troubled(error))
          return true
        }
        switch error.code {
        case .wouldPoisonPeer, .tooLarge, .misuse:
          if events.count > 1 {
            for event in events where await !send([event]) { return false }
          } else {
            drop(events[0], error.what)
          }
          return true
        default: told(.troubled(error))
        }
      } catch {
        told(.troubled(ChannelError(.system, at: channel.path, "\(error)")))
      }
      if isEnding { return false }
      await loop.pause(backoff.next(jitter: .random(in: .min ... .max)))
    }
  }

  // MARK: Requests

  /// Asks the channel, for somebody who is not connected as a peer.
  func ask(_ method: String, _ payload: JSONText, timeout: Duration? = nil) async throws -> JSONText {
    visitCount += 1
    defer { visitCount -= 1 }
    let message = Message(id: "", timestamp: 0, kind: .request, method: method, payload: payload)
    return try await ask(message, timeout: timeout ?? route.answeringTime)
  }

  /// Tells the channel an event, for somebody who is not connected as a peer.
  func tell(_ name: String, _ payload: JSONText) async throws -> Receipt {
    visitCount += 1
    defer { visitCount -= 1 }
    guard let known = route.inward.events.map(name: name) else {
      throw DoorFault.doesNotCross("no event of this name goes across")
    }
    let fields: [MessageField]
    do throws(Trail.Fault) {
      fields = try Trail.extended([], by: identity)
    } catch {
      throw DoorFault.doesNotCross("\(error)")
    }
    let receipt = try await channel.send(contentsOf: [.event(known, payload, fields: fields)])[0]
    counted.eventsIn &+= 1
    return receipt
  }

  /// Asks the channel what a peer wants to know; others go on meanwhile.
  private func ask(_ message: Message, for peer: Peer) {
    let byteCount = message.heldByteCount
    peer.beginsRequest(byteCount)
    onLoop { bridge in
      var answer = Message(
        id: "\(UniqueID.random())",
        timestamp: 0,
        kind: .response,
        replyTo: message.id
      )
      do {
        if bridge.leftBehind.isTooMuch {
          throw DoorFault(.unavailable, "closed", "too much waits that others have asked who are gone")
        }
        try peer.visitor?.checkMayRequest(message.method ?? "", byteCount: message.heldByteCount)
        answer.payload = try await bridge.ask(message, timeout: bridge.route.answeringTime)
        bridge.backoff = Self.freshBackoff
        peer.visitor?.countAnswer()
      } catch {
        answer.error = bridge.words(for: error, to: peer)
        if error is DoorFault { peer.visitor?.countRefusal() } else { peer.visitor?.countAnswer() }
      }
      answer.timestamp = ChannelFolder.wallClock().milliseconds
      if let obstacle = peer.obstacle(to: answer) {
        bridge.drop(answer, obstacle)
        (answer.payload, answer.error) = (.null, "the bridge does not carry the answer: \(obstacle)")
      }
      await peer.answer(answer)
      peer.endsRequest(byteCount)
      bridge.conclude(peer)
    }
  }

  /// What a peer is told: not where the channel is, which is nobody's business there, and a visitor nothing of this
  /// machine.
  private func words(for error: any Error, to peer: Peer) -> String {
    if let fault = error as? DoorFault { return fault.words }
    guard let error = error as? ChannelError else { return peer.visitor == nil ? "\(error)" : DoorFault(error).words }
    if peer.visitor == nil { return error.what }
    let fault = DoorFault(error)
    if fault.words != error.what, !(isEnding && error.code == .closed) { told(.troubled(error)) }
    return fault.words
  }

  private func ask(_ message: Message, timeout: Duration) async throws -> JSONText {
    guard let name = message.method.flatMap(route.inward.requests.map(name:)) else {
      counted.dropped &+= 1
      throw DoorFault.doesNotCross("no request of this name goes across")
    }
    let fields: [MessageField]
    do throws(Trail.Fault) {
      fields = try Trail.extended(message.unknownFields, by: identity)
    } catch {
      counted.dropped &+= 1
      throw DoorFault.doesNotCross("\(error)")
    }
    counted.requestsIn &+= 1
    let question = Question(name, message.payload, fields: fields, timeout: timeout)
    let sent = try await withCheckedThrowingContinuation { continuation in
      gathered.append(GatheredRequest(question: question, continuation: continuation))
      // Behind all that is ready now, which may ask as well.
      if gathered.count == 1 { loop.perform { self.assumeIsolated { $0.sendGathered() } } }
    }
    trace(.arrived, of: sent.id, named(.request, name))
    do {
      let answer = try await sent.payload()
      trace(.answered, of: sent.id)
      return answer
    } catch {
      trace(.answered, of: sent.id, "error: \(error)")
      throw error
    }
  }

  /// Sends what is asked by now, as much at once as may be.
  private func sendGathered() {
    var rest = gathered[...]
    gathered = []
    while let first = rest.first {
      var byteCount = 0
      let batch = rest.prefix(Self.mostAtOnce).prefix { request in
        byteCount += request.question.heldByteCount
        // None waits with another for longer than it may.
        return request.question.timeout == first.question.timeout && byteCount < Self.mostBytesAtOnce
      }
      let together = batch.isEmpty ? [first] : Array(batch)
      rest.removeFirst(together.count)
      onLoop { bridge in await bridge.send(together) }
    }
  }

  private func send(_ batch: [GatheredRequest]) async {
    do {
      let sent = try await channel.ask(batch.map(\.question))
      for (request, sent) in zip(batch, sent) { request.continuation.resume(returning: sent) }
    } catch {
      switch (error as? ChannelError)?.code {
      case .wouldPoisonPeer, .tooLarge, .misuse:
        // It is the fault of one, and no matter of the others.
        guard batch.count > 1 else { fallthrough }
        for request in batch { await send([request]) }
      default: for request in batch { request.continuation.resume(throwing: error) }
      }
    }
  }
}
