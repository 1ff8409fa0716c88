// What peers say.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import Transom

extension Bridge {
  private static let mostAtOnce = 256
  private static let mostBytesAtOnce = 1 << 20

  /// Has dealt with what came from a peer, one after the other.
  func work(on peer: Peer) {
    guard !peer.isWorking else { return }
    peer.isWorking = true
    onLoop { bridge in
      while let item = peer.next() { await bridge.deal(with: item, of: peer) }
      peer.isWorking = false
      if peer.isOpen { bridge.conclude(peer) } else { bridge.failRequests(at: peer) }
    }
  }

  private func deal(with item: WireItem, of peer: Peer) async {
    switch item {
    case .message(let message):
      // What comes too quickly waits, and behind it whatever else he says.
      while let wait = peer.visitor?.turn() { await loop.pause(wait) }
      switch message.kind {
      case .event: await takeEvents(from: message, of: peer)
      case .request: ask(message, for: peer)
      case .response: pass(message, from: peer)
      }
    case .acknowledged(let ids): feeds[peer.number]?.acknowledged(ids)
    case .left: part(from: peer)
    case .refusedThere(let words):
      told(.refusedThere(peer.name, words))
      part(from: peer)
    case .refused(let refusal):
      told(.refused(peer.name, refusal))
      peer.tell(refusal)
      part(from: peer)
    }
  }

  // MARK: Events

  /// Tells the channel an event, and with it those that came right behind it.
  private func takeEvents(from first: Message, of peer: Peer) async {
    var ids: [String] = []
    var batch: [Message] = []
    var byteCount = 0
    var next: Message? = first
    while let message = next {
      ids.append(message.id)
      if let event = incoming(message, of: peer) {
        batch.append(event)
        byteCount += event.heldByteCount
      }
      next = nil
      guard ids.count < Self.mostAtOnce, byteCount < Self.mostBytesAtOnce,
        case .message(let message) = peer.next(if: {
          guard case .message(let item) = $0, item.kind == .event else { return false }
          return peer.visitor?.turn() == nil
        })
      else { break }
      next = message
    }
    guard await sendInTurn(batch) else { return peer.close() }
    backoff = Self.freshBackoff
    if acknowledgement == .peer { await peer.acknowledge(ids) }
  }

  /// An event as the channel gets it; nil for what does not go across, or has before.
  private func incoming(_ message: Message, of peer: Peer) -> Message? {
    do throws(DoorFault) {
      try peer.visitor?.checkMayTell(message.method ?? "", byteCount: message.heldByteCount)
    } catch {
      told(.dropped(message, error.words))
      return nil
    }
    if acknowledgement == .peer {
      let hash = Self.hash(message.id)
      if seen.contains(hash) { return nil }
      // Now, and not when it is in the journal: until then it may come once more. It gets there, or the bridge ends.
      seen.insert(hash)
    }
    guard let name = message.method.flatMap(route.inward.events.map(name:)) else {
      told(.dropped(message, "no event of this name goes across"))
      return nil
    }
    var event = message
    event.method = name
    do throws(Trail.Fault) {
      event.unknownFields = try Trail.extended(message.unknownFields, by: identity)
    } catch {
      told(.dropped(message, "\(error)"))
      return nil
    }
    return event
  }

  private static func hash(_ id: String) -> UInt64 { UInt64(bitPattern: Int64(id.hashValue)) }

  /// Sends events behind all that were taken before them, whoever told those: then also what is told again while it is
  /// still on its way to the journal is in there. False when the bridge ends before.
  private func sendInTurn(_ events: [Message]) async -> Bool {
    let former = lastSending
    let task = Task(executorPreference: loop) {
      if await former?.value == false { return false }
      return await self.send(events)
    }
    lastSending = task
    return await task.value
  }

  /// Sends events, all of them, however long that takes; false when the bridge ends before.
  private func send(_ events: [Message]) async -> Bool {
    if events.isEmpty { return true }
    var backoff = Self.freshBackoff
    while true {
      do {
        let batch = events.map { Outgoing.event($0.method ?? "", $0.payload, fields: $0.unknownFields) }
        _ = try await channel.send(contentsOf: batch)
        return true
      } catch let error as ChannelError {
        // They are in the journal, whatever went wrong behind that.
        if !error.accepted.isEmpty {
          told(.troubled(error))
          return true
        }
        switch error.code {
        case .wouldPoisonPeer, .tooLarge, .misuse:
          if events.count > 1 {
            for event in events where await !send([event]) { return false }
          } else {
            told(.dropped(events[0], error.what))
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
    let message = Message(id: "", timestamp: 0, kind: .request, method: method, payload: payload)
    return try await ask(message, timeout: timeout ?? route.answeringTime)
  }

  /// Tells the channel an event, for somebody who is not connected as a peer.
  func tell(_ name: String, _ payload: JSONText) async throws -> Receipt {
    guard let known = route.inward.events.map(name: name) else {
      throw ChannelError(.refused, at: route.name, "no event of this name goes across")
    }
    let fields: [MessageField]
    do throws(Trail.Fault) {
      fields = try Trail.extended([], by: identity)
    } catch {
      throw ChannelError(.refused, at: route.name, "\(error)")
    }
    return try await channel.send(contentsOf: [.event(known, payload, fields: fields)])[0]
  }

  /// Asks the channel what a peer wants to know; others go on meanwhile.
  private func ask(_ message: Message, for peer: Peer) {
    let byteCount = message.heldByteCount
    peer.beginsRequest(byteCount)
    onLoop { bridge in
      var answer = Message(
        id: "\(UniqueID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)))",
        timestamp: 0,
        kind: .response,
        replyTo: message.id
      )
      do {
        try peer.visitor?.checkMayRequest(message.method ?? "", byteCount: message.heldByteCount)
        answer.payload = try await bridge.ask(message, timeout: bridge.route.answeringTime)
        bridge.backoff = Self.freshBackoff
      } catch let error as ChannelError {
        // Not where the channel is, which is nobody's business there.
        answer.error = error.what
      } catch let fault as DoorFault {
        answer.error = fault.words
      } catch {
        answer.error = "\(error)"
      }
      answer.timestamp = ChannelFolder.wallClock().milliseconds
      await peer.answer(answer)
      peer.endsRequest(byteCount)
      bridge.conclude(peer)
    }
  }

  private func ask(_ message: Message, timeout: Duration) async throws -> JSONText {
    guard let name = message.method.flatMap(route.inward.requests.map(name:)) else {
      throw ChannelError(.refused, at: route.name, "no request of this name goes across")
    }
    let fields: [MessageField]
    do throws(Trail.Fault) {
      fields = try Trail.extended(message.unknownFields, by: identity)
    } catch {
      throw ChannelError(.refused, at: route.name, "\(error)")
    }
    let question = Question(name, message.payload, fields: fields, timeout: timeout)
    let sent = try await withCheckedThrowingContinuation { continuation in
      gathered.append(GatheredRequest(question: question, continuation: continuation))
      // Behind all that is ready now, which may ask as well.
      if gathered.count == 1 { loop.perform { self.assumeIsolated { $0.sendGathered() } } }
    }
    return try await sent.payload()
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
