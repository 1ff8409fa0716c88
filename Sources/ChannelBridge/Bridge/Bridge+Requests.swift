// What the channel asks.

internal import ChannelMessages
internal import ChannelModel
internal import Transom

extension Bridge {
  /// Hands a request of the channel to a peer, now or soon.
  func take(_ message: Message, _ reply: RequestReply) {
    guard !isEnding, let method = message.method, let name = route.outward.requests.map(name: method) else {
      return reply.leave()
    }
    // Its answer could be either's. Whoever asked twice under one id is answered once.
    guard asked[message.id] == nil, !waiting.contains(where: { $0.message.id == message.id }) else {
      return reply.leave()
    }
    var question = message
    question.method = name
    do throws(Trail.Fault) {
      question.unknownFields = try Trail.extended(message.unknownFields, by: identity)
    } catch {
      told(.dropped(message, "\(error)"))
      return reply.answer(.failure(RequestReply.Failure("the bridge does not carry it: \(error)")))
    }
    // Those who wait come first.
    if waiting.isEmpty, hand(question, reply) { return }
    let until = Moment.now.advanced(by: route.connectingTime)
    waiting.append(WaitingRequest(message: question, reply: reply, until: until))
    attendDeadlines()
  }

  /// Hands over those that wait, as far as there is room.
  func placeWaiting() {
    var count = 0
    while count < waiting.count, hand(waiting[count].message, waiting[count].reply) { count += 1 }
    waiting.removeFirst(count)
  }

  /// Gives it to the peer that has the fewest to answer and room for it; false when there is none.
  private func hand(_ question: Message, _ reply: RequestReply) -> Bool {
    var candidates = peers.values.filter { $0.mayBeAsked(question.method ?? "") }
    while let peer = candidates.min(by: { ($0.outstanding, $0.number) < ($1.outstanding, $1.number) }) {
      if let obstacle = peer.obstacle(to: question) {
        told(.dropped(question, obstacle))
        reply.answer(.failure(RequestReply.Failure("the bridge does not carry it: \(obstacle)")))
        return true
      }
      if peer.write(question) {
        peer.outstanding += 1
        asked[question.id] = AskedRequest(peer: peer, reply: reply)
        // Most are answered long before.
        if deadlines.count > 2 * asked.count + 64 { deadlines.removeAll { asked[$0.id] == nil } }
        deadlines.append((question.id, Moment.now.advanced(by: route.answeringTime)))
        if deadlines.count == 1 { attendDeadlines() }
        return true
      }
      candidates.removeAll { $0 === peer }
    }
    return false
  }

  /// Passes on what a peer answered.
  func pass(_ answer: Message, from peer: Peer) {
    guard let id = answer.replyTo, let request = asked[id], request.peer === peer else {
      return told(.dropped(answer, "it answers nothing that \(peer.name) was asked, or too late"))
    }
    asked[id] = nil
    peer.outstanding -= 1
    backoff = Self.freshBackoff
    if let error = answer.error {
      request.reply.answer(.failure(RequestReply.Failure(error)))
    } else {
      request.reply.answer(.success(answer.payload))
    }
  }

  /// Tells those who wait for a peer that nothing comes any more.
  func failRequests(at peer: Peer) {
    let lost = asked.filter { $0.value.peer === peer }
    for (id, request) in lost {
      asked[id] = nil
      peer.outstanding -= 1
      let words = "\(peer.name) was lost before it answered; it may have done what was asked"
      request.reply.answer(.failure(RequestReply.Failure(words)))
    }
  }

  func timesAreUp() {
    let now = Moment.now
    let late = deadlines.prefix { $0.at <= now || asked[$0.id] == nil }
    for (id, at) in late where at <= now {
      guard let request = asked.removeValue(forKey: id) else { continue }
      request.peer.outstanding -= 1
      let words = "\(request.peer.name) did not answer within \(DurationText.text(route.answeringTime))"
      request.reply.answer(.failure(RequestReply.Failure(words)))
    }
    deadlines.removeFirst(late.count)
    let tired = waiting.prefix { $0.until <= now }
    for request in tired {
      let words =
        peers.isEmpty ? "nobody is connected at \(address)" : "whoever is connected at \(address) reads too slowly"
      request.reply.answer(.failure(RequestReply.Failure(words)))
    }
    waiting.removeFirst(tired.count)
    attendDeadlines()
  }
}
