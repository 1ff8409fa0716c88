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
      drop(message, "\(error)")
      return reply.answer(.failure(RequestReply.Failure("the bridge does not carry it: \(error)")))
    }
    if let answer = cache?.answer(to: question, at: .now) { return reply.answer(.success(answer)) }
    let isFromAfar = Trail.isOn(message.unknownFields)
    guard let memory else { return place(question, OwedAnswer(reply), isFromAfar) }
    recalling += 1
    memory.begin(message) { [self, question] recalled in
      assumeIsolated { $0.go(on: question, reply, recalled, isFromAfar) }
    }
  }

  private func go(on question: Message, _ reply: RequestReply, _ recalled: RecalledRequest, _ isFromAfar: Bool) {
    recalling -= 1
    switch recalled {
    case .fresh(let record):
      let answer = OwedAnswer(reply, record)
      if !isAnswering { answer.leave() } else { place(question, answer, isFromAfar) }
    // Of two who ask the same one is answered, as everywhere.
    case .running: reply.leave()
    case .answered(let outcome): reply.answer(outcome)
    case .interrupted:
      let words =
        "interrupted: the bridge ended while this request may have been at the other end, and it is not safe to repeat"
      reply.answer(.failure(RequestReply.Failure(words)))
    }
  }

  /// Gives it to a peer, or has it wait for one.
  private func place(_ question: Message, _ reply: OwedAnswer, _ isFromAfar: Bool) {
    let until = Moment.now.advanced(by: route.connectingTime)
    var request = WaitingRequest(message: question, reply: reply, isFromAfar: isFromAfar, until: until)
    // Those who wait come first.
    if waiting.allSatisfy(\.isForNobody) {
      switch hand(request) {
      case .handed: return
      case .noRoom: break
      case .nobody: request.isForNobody = true
      case .shunned: return refuse(request)
      }
    }
    waiting.append(request)
    attendDeadlines()
  }

  /// Hands over those that wait, as far as there is room; those that nobody could take before when somebody has come.
  func placeWaiting(isSomebodyNew: Bool = false) {
    guard waiting.contains(where: { isSomebodyNew || !$0.isForNobody }) else { return }
    // Others may come while these are handed over: a peer who is lost by it has somebody told, who may ask at once.
    let all = waiting
    waiting = []
    var rest: [WaitingRequest] = []
    var isBlocked = false
    for var request in all {
      if !isBlocked, isSomebodyNew || !request.isForNobody {
        let handing = hand(request)
        if handing == .handed { continue }
        if handing == .shunned {
          refuse(request)
          continue
        }
        isBlocked = handing == .noRoom
        request.isForNobody = handing == .nobody
      }
      rest.append(request)
    }
    waiting = rest + waiting
  }

  /// What became of a request that was to be handed over.
  private enum Handing {
    case handed
    /// Those who may be asked have no room for it.
    case noRoom
    case nobody
    /// Those who may be asked have failed too often.
    case shunned
  }

  /// Gives it to the peer that has the fewest to answer and room for it.
  private func hand(_ request: WaitingRequest) -> Handing {
    let question = request.message
    let now = Moment.now
    let known = peers.values.filter { $0.mayBeAsked(question.method ?? "") }
    if known.isEmpty { return breaker?.admits(at: now) ?? true ? .nobody : .shunned }
    var candidates = known.filter { $0.breaker?.admits(at: now) ?? true }
    if candidates.isEmpty { return .shunned }
    while let peer = candidates.min(by: { ($0.outstanding, $0.number) < ($1.outstanding, $1.number) }) {
      if let obstacle = peer.obstacle(to: question) {
        drop(question, obstacle)
        fail(request.reply, "the bridge does not carry it: \(obstacle)")
        return .handed
      }
      if peer.write(question) {
        counted.requestsOut &+= 1
        peer.outstanding += 1
        note(peer) { $0.begins() }
        asked[question.id] = AskedRequest(
          peer: peer,
          reply: request.reply,
          isFromAfar: request.isFromAfar,
          question: cache == nil ? nil : question
        )
        // Most are answered long before.
        if deadlines.count > 2 * asked.count + 64 { deadlines.removeAll { asked[$0.id] == nil } }
        deadlines.append((question.id, Moment.now.advanced(by: route.answeringTime)))
        if deadlines.count == 1 { attendDeadlines() }
        return .handed
      }
      candidates.removeAll { $0 === peer }
    }
    return .noRoom
  }

  /// Passes on what a peer answered.
  func pass(_ answer: Message, from peer: Peer) {
    guard let id = answer.replyTo, let request = asked[id], request.peer === peer else {
      return drop(answer, "it answers nothing that \(peer.name) was asked, or too late")
    }
    asked[id] = nil
    peer.outstanding -= 1
    note(peer) { $0.succeeded() }
    backoff = Self.freshBackoff
    if let error = answer.error {
      request.reply.answer(.failure(RequestReply.Failure(error)))
    } else {
      if let question = request.question { cache?.note(answer.payload, to: question, at: .now) }
      request.reply.answer(.success(answer.payload))
    }
  }

  /// Tells those who wait for a peer that nothing comes any more.
  func failRequests(at peer: Peer) {
    let lost = asked.filter { $0.value.peer === peer }
    for id in lost.keys { asked[id] = nil }
    peer.outstanding -= lost.count
    if !lost.isEmpty { note(peer) { $0.failed(at: .now) } }
    for request in lost.values {
      fail(request.reply, "\(Self.name(of: request)) was lost before it answered; it may have done what was asked")
    }
  }

  /// Tells those whose times are up. All of them are forgotten before: whoever is told may do something at once.
  func timesAreUp() {
    let now = Moment.now
    let due = deadlines.prefix { $0.at <= now || asked[$0.id] == nil }
    deadlines.removeFirst(due.count)
    let late = due.compactMap { id, at in at <= now ? asked.removeValue(forKey: id) : nil }
    for request in late {
      request.peer.outstanding -= 1
      note(request.peer) { $0.failed(at: now) }
    }
    let tired = waiting.prefix { $0.until <= now }
    waiting.removeFirst(tired.count)
    attendDeadlines()
    for request in late {
      let time = DurationText.text(route.answeringTime)
      fail(request.reply, "\(Self.name(of: request)) did not answer within \(time)")
    }
    for request in tired {
      let place = request.isFromAfar ? "" : " at \(self.place)"
      if peers.isEmpty {
        fail(request.reply, "nobody is connected\(place)")
      } else if request.isForNobody {
        fail(request.reply, "whoever is connected\(place) is not to be asked that")
      } else {
        fail(request.reply, "whoever is connected\(place) reads too slowly")
      }
    }
  }

  /// Notes how a peer does. Whoever is connected to is the same whenever he comes.
  private func note(_ peer: Peer, _ change: (inout CircuitBreaker) -> Void) {
    guard var noted = peer.breaker else { return }
    change(&noted)
    peer.breaker = noted
    if manner == .connecting { breaker = noted }
  }

  private func refuse(_ request: WaitingRequest) {
    let place = request.isFromAfar ? "whoever is asked there" : "whoever is at \(self.place)"
    fail(request.reply, "\(place) has failed too often, and is left alone for a while")
  }

  private func fail(_ reply: OwedAnswer, _ words: String) {
    reply.answer(.failure(RequestReply.Failure(words)))
  }

  /// What a peer is called to whoever asked.
  private static func name(of request: AskedRequest) -> String {
    request.isFromAfar ? "whoever was asked" : request.peer.name
  }
}
