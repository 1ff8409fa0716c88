// What a door answers.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import Transom

extension Door {
  /// So many events are told on one connection that cannot say what it has, before it has to come again.
  private static let mostTold = 2_000

  /// The answer to a request, for whoever may read it; nil when its connection was handed over.
  func answer(_ request: HTTPRequest, from caller: HTTPCaller, of number: UInt64) async -> HTTPResponse? {
    var response = await answerAnybody(request, from: caller, of: number)
    // What is for all pages says so already.
    if response?.headers.contains(where: { $0.isNamed("Access-Control-Allow-Origin") }) == false {
      response?.headers += access.sharing(with: request)
    }
    return response
  }

  /// The answer to a request that is refused before its body is there; nil for one that may come.
  func refusal(ofHead request: HTTPRequest, from caller: HTTPCaller) -> HTTPResponse? {
    let fault: DoorFault
    do {
      let target = try DoorTarget(request.target)
      _ = try access.judge(request, from: caller, token: target.token, at: ChannelFolder.wallClock())
      return nil
    } catch let refusal as DoorAccess.Refusal {
      told(.refused(who: "\(caller)", why: refusal.reason))
      fault = refusal.fault
    } catch let other as DoorTarget.Fault {
      fault = DoorFault(other)
    } catch {
      fault = DoorFault(error)
    }
    meter.countRefusal()
    return response(to: request, for: fault)
  }

  /// What is said of a fault where whoever asks may read it.
  func response(to request: HTTPRequest, for fault: DoorFault) -> HTTPResponse {
    var response = fault.response
    response.headers += access.sharing(with: request)
    return response
  }

  private func answerAnybody(
    _ request: HTTPRequest,
    from caller: HTTPCaller,
    of number: UInt64
  ) async -> HTTPResponse? {
    let fault: DoorFault
    var isRefusal = true
    defer { if isRefusal { meter.countRefusal() } else { meter.countAnswer() } }
    do {
      let response = try await answerWhole(request, from: caller, of: number)
      isRefusal = response?.code == HTTPStatus.methodNotAllowed.rawValue
      return response
    } catch let other as DoorFault {
      fault = other
    } catch let refusal as DoorAccess.Refusal {
      told(.refused(who: "\(caller)", why: refusal.reason))
      fault = refusal.fault
    } catch let refusal as WebSocketHandshakeRefusal {
      return refusal.response
    } catch let other as DoorTarget.Fault {
      fault = DoorFault(other)
    } catch {
      isRefusal = false
      fault = DoorFault(error)
      // What he is not told.
      if let error = error as? ChannelError, error.what != fault.words, !(isEnding && error.code == .closed) {
        told(.troubled(error))
      }
    }
    return refuseSocket(request, fault, of: number) ? nil : fault.response
  }

  /// Opens a WebSocket to say why it is closed at once; false when none was asked for. A page is not told with which status
  /// it was not opened, and would try again and again.
  private func refuseSocket(_ request: HTTPRequest, _ fault: DoorFault, of number: UInt64) -> Bool {
    guard let handshake = try? WebSocketHandshake(request), let code = fault.closeCode else { return false }
    let subprotocol = handshake.subprotocols.first { $0 == WebSocketWire.subprotocol }
    let close = WebSocketFrame.close(code, reason: fault.words).encoded(mask: nil)
    guard let handed = server?.handOver(number, head: handshake.answer(subprotocol: subprotocol) + close) else {
      return true
    }
    handed.stream.finishWriting()
    Task {
      // Until then it is held: whoever is slow has to get it.
      await loop.pause(.seconds(1))
      handed.stream.close()
    }
    return true
  }

  private func answerWhole(
    _ request: HTTPRequest,
    from caller: HTTPCaller,
    of number: UInt64
  ) async throws -> HTTPResponse? {
    let target = try DoorTarget(request.target)
    let isPassedOn = target.thing.isPassedOn
    switch (request.method, target.thing.isPosted) {
    case (.options, _) where !isPassedOn || access.isAskedAhead(by: request):
      return try allowance(for: request, target.thing)
    case _ where isPassedOn: break
    case (.post, true), (.get, false), (.head, false): break
    case (_, true): return HTTPResponse(.methodNotAllowed, text: "there is only POST\n", headers: [.allowOnlyPosting])
    case (_, false):
      return HTTPResponse(.methodNotAllowed, text: "there is only GET and HEAD\n", headers: [.allowOnlyReading])
    }
    // What is the same for everybody is for everybody: a page cannot show a token for what it loads.
    if let text = DoorText.response(for: target.thing) { return text }
    let now = ChannelFolder.wallClock()
    let pass = try access.judge(request, from: caller, token: target.token, at: now)
    func visitor(in channel: String) throws(DoorFault) -> Visitor {
      let visitor = Visitor(pass, in: channel, wanting: target.events, meter)
      try visitor.checkMayUse()
      return visitor
    }
    switch target.thing {
    case .index, .description, .script, .types: return nil
    case .request(let channel, let method): return try await ask(channel, method, request, try visitor(in: channel))
    case .event(let channel, let name): return try await tell(channel, name, request, try visitor(in: channel))
    case .messages(let channel):
      return try await listen(to: channel, target, request, try visitor(in: channel), of: number)
    case .socket(let channel): return try await open(channel, target, request, try visitor(in: channel), of: number)
    case .gateway(let channel, let path):
      return try await passOn(request, target, along: path, to: channel, try visitor(in: channel))
    }
  }

  func bridge(_ name: String) async throws -> Bridge {
    guard let bridge = try await channels.bridge(ofChannel: name) else {
      throw DoorFault.noChannel
    }
    return bridge
  }

  // MARK: Asking and telling

  private func ask(
    _ channel: String,
    _ method: String,
    _ request: HTTPRequest,
    _ visitor: Visitor
  ) async throws -> HTTPResponse {
    try visitor.checkMayRequest(method, byteCount: request.body.count)
    try checkTurn(of: visitor)
    let (payload, timeout) = (try payload(of: request), try timeout(of: request))
    let answer = try await bridge(channel).ask(method, payload, timeout: timeout)
    return HTTPResponse(.ok, .json, answer.bytes + [UInt8(ascii: "\n")], headers: HTTPHeader.ofDoors)
  }

  private func tell(
    _ channel: String,
    _ name: String,
    _ request: HTTPRequest,
    _ visitor: Visitor
  ) async throws -> HTTPResponse {
    try visitor.checkMayTell(name, byteCount: request.body.count)
    try checkTurn(of: visitor)
    let payload = try payload(of: request)
    let bridge = try await bridge(channel)
    let id: String
    do {
      id = try await bridge.tell(name, payload).id
    } catch let error as ChannelError {
      // It is in the journal, whatever went wrong behind that.
      guard let receipt = error.accepted.first else { throw error }
      id = receipt.id
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("id")
    writer.string(id)
    writer.endObject()
    return HTTPResponse(.ok, .json, writer.bytes + [UInt8(ascii: "\n")], headers: HTTPHeader.ofDoors)
  }

  func checkTurn(of visitor: Visitor) throws(DoorFault) {
    guard let wait = visitor.turn() else { return }
    throw DoorFault(.tooMany, "refused", "too many at once; go on in \(DurationText.text(wait))")
  }

  private func payload(of request: HTTPRequest) throws(DoorFault) -> JSONText {
    if request.body.isEmpty { return .null }
    // A page of strangers may send anything else without asking whether it may.
    let type = request.values(of: "Content-Type").first?.split(separator: ";").first.map { $0.lowercased() }
    guard type == "application/json" else {
      throw DoorFault(.unsupportedType, "misuse", "the body is JSON, and says so: Content-Type: application/json")
    }
    do throws(JSONError) {
      return try JSONText(validating: request.body)
    } catch {
      throw DoorFault(.badRequest, "not-codable", "the body is no JSON: \(error)")
    }
  }

  private func timeout(of request: HTTPRequest) throws(DoorFault) -> Duration? {
    guard let text = request.values(of: "Transom-Timeout").first else { return nil }
    guard let time = DurationText.parse(text), time > .zero, time <= Self.longestWait else {
      let most = DurationText.text(Self.longestWait)
      throw DoorFault(.badRequest, "misuse", "Transom-Timeout is a duration like 500ms or 5s, \(most) at most")
    }
    return time
  }

  // MARK: Listening

  private func listen(
    to channel: String,
    _ target: DoorTarget,
    _ request: HTTPRequest,
    _ visitor: Visitor,
    of number: UInt64
  ) async throws -> HTTPResponse? {
    let isForBrowser = request.values(of: "Accept").contains { $0.lowercased().contains("text/event-stream") }
    let form: EventStreamWire.Form = isForBrowser ? .serverSentEvents : .lines
    let wire = EventStreamWire(form)
    let keeping = try keeping(target, request, for: visitor, most: Self.mostTold)
    let bridge = try await bridge(channel)
    let head = HTTPResponse(.ok, wire.contentType, [], headers: HTTPHeader.ofDoors + access.sharing(with: request))
    if request.method == .head { return head }
    try await bridge.checkMayKeep(for: keeping)
    guard let handed = server?.handOver(number, head: head.encodedOpenHead() + wire.opening) else { return nil }
    await bring(handed, visitor, to: bridge, .events(form), keeping)
    return nil
  }

  private func open(
    _ channel: String,
    _ target: DoorTarget,
    _ request: HTTPRequest,
    _ visitor: Visitor,
    of number: UInt64
  ) async throws -> HTTPResponse? {
    let handshake = try WebSocketHandshake(request)
    let keeping = try keeping(target, request, for: visitor, most: nil)
    let bridge = try await bridge(channel)
    try await bridge.checkMayKeep(for: keeping)
    let subprotocol = handshake.subprotocols.first { $0 == WebSocketWire.subprotocol }
    guard let handed = server?.handOver(number, head: handshake.answer(subprotocol: subprotocol)) else { return nil }
    await bring(handed, visitor, to: bridge, .webSocket, keeping)
    return nil
  }

  private func keeping(
    _ target: DoorTarget,
    _ request: HTTPRequest,
    for visitor: Visitor,
    most: Int?
  ) throws(DoorFault) -> Keeping? {
    // For whoever may hear of nothing there is nothing to be kept.
    guard let name = target.reader, visitor.mayHearAnything else { return nil }
    // Each has his own: nobody takes over what is kept for somebody else.
    let reader = DoorTarget.readerPrefix + visitor.identity.reader(name)
    guard (try? ReaderName(reader)) != nil else { throw DoorFault(DoorTarget.Fault.noReaderName(name)) }
    var keeping = Keeping(reader: reader)
    keeping.most = most
    if let text = request.values(of: "Last-Event-ID").first, !text.isEmpty {
      guard let mark = EventMark(text) else {
        throw DoorFault(.badRequest, "misuse", "Last-Event-ID is the mark of the last event that came")
      }
      keeping.has = mark
    }
    return keeping
  }
}
