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
    trace(.arrived, of: message.id, named(.request, method))
    let until = Moment.now.advanced(by: route.connectingTime)
    let isFromAfar = Trail.isOn(message.unknownFields)
    place(WaitingRequest(message: question, reply: OwedAnswer(reply), isFromAfar: isFromAfar, until: until))
  }

  /// Gives it to a peer, or has it wait for one.
  private func place(_ request: WaitingRequest) {
    var request = request
    switch hand(request) {
    case .handed: return
    case .noRoom: break
    case .nobody: request.isForNobody = true
    case .shunned: return refuse(request)
    }
    waitLater(request)
  }

  /// Has it wait among the others.
  private func waitLater(_ request: WaitingRequest) {
    trace(.held, of: request.message.id, "for \(place)")
    lineUp(request)
    attendDeadlines()
  }

  /// Those that wait stand in the order of their deadlines: `timesAreUp` looks at the first of them.
  private func lineUp(_ request: WaitingRequest) {
    let later = waiting.lastIndex { $0.until <= request.until }
    waiting.insert(request, at: later.map { $0 + 1 } ?? 0)
  }

  /// Looks up whether it was asked before, right before it is: what waits for a peer while the program is killed is asked
  /// later.
  private func recall(_ request: WaitingRequest, by memory: any BridgeMemory) {
    recalling += 1
    memory.begin(request.message) { [self] recalled in assumeIsolated { $0.go(on: request, recalled) } }
  }

  private func go(on request: WaitingRequest, _ recalled: RecalledRequest) {
    recalling -= 1
    switch recalled {
    case .fresh(let record):
      var request = request
      request.reply.record = record
      guard isAnswering else { return request.reply.leave() }
      // Whoever was there may have gone, or have no room, meanwhile.
      switch hand(request) {
      case .handed: return
      case .noRoom: request.isForNobody = false
      case .nobody: request.isForNobody = true
      case .shunned: return refuse(request)
      }
      waitLater(request)
    // Of two who ask the same one is answered, as everywhere.
    case .running: request.reply.leave()
    case .answered(let outcome): request.reply.answer(recalling: outcome)
    case .interrupted:
      let words =
        "interrupted: the bridge ended while this request may have been at the other end, and it is not safe to repeat"
      request.reply.answer(recalling: .failure(RequestReply.Failure(words)))
    }
  }

  /// Hands over those that wait, as far as there is room; those that nobody could take before when somebody has come.
  func placeWaiting(isSomebodyNew: Bool = false) {
    guard waiting.contains(where: { isSomebodyNew || !$0.isForNobody }) else { return }
    // Others may come and go while these are handed over: a peer who is lost by it has somebody told, who may ask at once.
    // Where those who may be asked one method have no room, others may have.
    var blocked: Set<String?> = []
    for (id, method) in waiting.filter({ isSomebodyNew || !$0.isForNobody }).map({ ($0.message.id, $0.message.method) })
    {
      if blocked.contains(method) { continue }
      guard let place = waiting.firstIndex(where: { $0.message.id == id }) else { continue }
      var request = waiting.remove(at: place)
      switch hand(request) {
      case .handed: continue
      case .shunned:
        refuse(request)
        continue
      case .nobody: request.isForNobody = true
      case .noRoom:
        request.isForNobody = false
        blocked.insert(method)
      }
      lineUp(request)
    }
    for place in waiting.indices where blocked.contains(waiting[place].message.method) {
      waiting[place].isForNobody = false
    }
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

  /// Gives it to the peer that has the fewest to answer and room for it; first it is written down, where somebody remembers
  /// what peers were asked.
  private func hand(_ request: WaitingRequest) -> Handing {
    let question = request.message
    let now = Moment.now
    let known = peers.values.filter { $0.mayBeAsked(question.method ?? "") }
    if known.isEmpty { return breaker?.admits(at: now) ?? true ? .nobody : .shunned }
    if breaker?.admits(at: now) == false { return .shunned }
    var candidates = known.filter { $0.breaker?.admits(at: now) ?? true }
    if candidates.isEmpty { return .shunned }
    widen(whenLeastBusyAnswers: candidates.map(\.outstanding).min() ?? 0)
    // However small this one is: what fits beside others would keep a large one waiting for ever.
    candidates.removeAll(where: \.isAwaited)
    if let memory, request.reply.record == nil {
      guard candidates.contains(where: \.hasRoom) else {
        for peer in candidates { peer.isAwaited = true }
        return .noRoom
      }
      recall(request, by: memory)
      return .handed
    }
    while let peer = candidates.min(by: { ($0.outstanding, $0.number) < ($1.outstanding, $1.number) }) {
      if let obstacle = peer.obstacle(to: question) {
        drop(question, obstacle)
        fail(question.id, request.reply, "the bridge does not carry it: \(obstacle)")
        return .handed
      }
      if peer.write(question) {
        counted.requestsOut &+= 1
        peer.outstanding += 1
        note(peer) { $0.begins() }
        trace(.forwarded, of: question.id, peer.name)
        asked[question.id] = AskedRequest(
          id: question.id,
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
      peer.isAwaited = true
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
    trace(.answered, of: id, answer.error.map { "error: \(QuotedText.of($0))" } ?? "")
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
      fail(
        request.id,
        request.reply,
        "\(Self.name(of: request)) was lost before it answered; it may have done what was asked"
      )
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
      fail(request.id, request.reply, "\(Self.name(of: request)) did not answer within \(time)")
    }
    for request in tired {
      let place = request.isFromAfar ? "" : " at \(self.place)"
      if peers.isEmpty {
        refuse(request, "nobody is connected\(place)")
      } else if request.isForNobody {
        refuse(request, "whoever is connected\(place) is not to be asked that")
      } else {
        refuse(request, "whoever is connected\(place) reads too slowly")
      }
    }
  }

  /// Notes how a peer does. Whoever is connected to is the same whenever he comes, and by whatever connection.
  private func note(_ peer: Peer, _ change: (inout CircuitBreaker) -> Void) {
    guard var noted = manner == .connecting ? breaker : peer.breaker else { return }
    change(&noted)
    if manner == .connecting { breaker = noted } else { peer.breaker = noted }
  }

  private func refuse(_ request: WaitingRequest) {
    let place = request.isFromAfar ? "whoever is asked there" : "whoever is at \(self.place)"
    refuse(request, "\(place) has failed too often, and is left alone for a while")
  }

  /// Tells whoever asked that nobody was.
  private func refuse(_ request: WaitingRequest, _ words: String) {
    trace(.answered, of: request.message.id, "error: \(words)")
    request.reply.refuse(RequestReply.Failure(words))
  }

  private func fail(_ id: String, _ reply: OwedAnswer, _ words: String) {
    trace(.answered, of: id, "error: \(words)")
    reply.answer(.failure(RequestReply.Failure(words)))
  }

  /// What a peer is called to whoever asked.
  private static func name(of request: AskedRequest) -> String {
    request.isFromAfar ? "whoever was asked" : request.peer.name
  }
}
