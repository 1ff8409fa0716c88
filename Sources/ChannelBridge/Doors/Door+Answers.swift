// What a door answers.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import Transom

extension Door {
  /// So many events are told on one connection that cannot say what it has, before it has to come again.
  private static let mostTold = 2_000

  /// The answer to a request; nil when its connection was handed over.
  func answer(_ request: HTTPRequest, from caller: HTTPCaller, of number: UInt64) async -> HTTPResponse? {
    do {
      return try await answerWhole(request, from: caller, of: number)
    } catch let fault as DoorFault {
      return fault.response
    } catch let refusal as WebSocketHandshakeRefusal {
      return refusal.response
    } catch let fault as DoorTarget.Fault {
      return DoorFault(fault).response
    } catch {
      return DoorFault(error).response
    }
  }

  private func answerWhole(
    _ request: HTTPRequest,
    from caller: HTTPCaller,
    of number: UInt64
  ) async throws -> HTTPResponse? {
    let target = try DoorTarget(request.target)
    switch target.thing {
    case .index, .description, .script, .types, .messages, .socket:
      guard request.method != .post else {
        return HTTPResponse(.methodNotAllowed, text: "there is only GET and HEAD\n", headers: [.allowOnlyReading])
      }
    case .request, .event:
      guard request.method == .post else {
        return HTTPResponse(.methodNotAllowed, text: "there is only POST\n", headers: [.allowOnlyPosting])
      }
    }
    switch target.thing {
    case .index: return HTTPResponse(.ok, text: DoorText.index, headers: HTTPHeader.ofDoors)
    case .description: return HTTPResponse(.ok, .json, DoorText.description, headers: HTTPHeader.ofDoors)
    case .script: return HTTPResponse(.ok, .script, DoorText.script, headers: HTTPHeader.ofDoors)
    case .types:
      return HTTPResponse(.ok, text: String(decoding: DoorText.types, as: UTF8.self), headers: HTTPHeader.ofDoors)
    case .request(let channel, let method): return try await ask(channel, method, request)
    case .event(let channel, let name): return try await tell(channel, name, request)
    case .messages(let channel):
      return try await listen(to: channel, target, request, "\(caller)", of: number)
    case .socket(let channel): return try await open(channel, target, request, "\(caller)", of: number)
    }
  }

  private func bridge(_ name: String) async throws -> Bridge {
    guard let bridge = try await channels.bridge(ofChannel: name) else {
      throw DoorFault(.notFound, "no-channel", "there is no channel of this name")
    }
    return bridge
  }

  // MARK: Asking and telling

  private func ask(_ channel: String, _ method: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let (payload, timeout) = (try payload(of: request), try timeout(of: request))
    let answer = try await bridge(channel).ask(method, payload, timeout: timeout)
    return HTTPResponse(.ok, .json, answer.bytes + [UInt8(ascii: "\n")], headers: HTTPHeader.ofDoors)
  }

  private func tell(_ channel: String, _ name: String, _ request: HTTPRequest) async throws -> HTTPResponse {
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
    _ who: String,
    of number: UInt64
  ) async throws -> HTTPResponse? {
    let isForBrowser = request.values(of: "Accept").contains { $0.lowercased().contains("text/event-stream") }
    let form: EventStreamWire.Form = isForBrowser ? .serverSentEvents : .lines
    let wire = EventStreamWire(form)
    let keeping = try keeping(target, request, most: Self.mostTold)
    let bridge = try await bridge(channel)
    let head = HTTPResponse(.ok, wire.contentType, [], headers: HTTPHeader.ofDoors)
    if request.method == .head { return head }
    try await bridge.checkMayKeep(for: keeping)
    guard let handed = server?.handOver(number, head: head.encodedOpenHead() + wire.opening) else { return nil }
    await bridge.welcome(handed, who, .events(form), keeping: keeping)
    return nil
  }

  private func open(
    _ channel: String,
    _ target: DoorTarget,
    _ request: HTTPRequest,
    _ who: String,
    of number: UInt64
  ) async throws -> HTTPResponse? {
    let handshake = try WebSocketHandshake(request)
    let keeping = try keeping(target, request, most: nil)
    let bridge = try await bridge(channel)
    try await bridge.checkMayKeep(for: keeping)
    let subprotocol = handshake.subprotocols.first { $0 == WebSocketWire.subprotocol }
    guard let handed = server?.handOver(number, head: handshake.answer(subprotocol: subprotocol)) else { return nil }
    await bridge.welcome(handed, who, .webSocket, keeping: keeping)
    return nil
  }

  private func keeping(_ target: DoorTarget, _ request: HTTPRequest, most: Int?) throws(DoorFault) -> Keeping? {
    guard let reader = target.reader else { return nil }
    var keeping = Keeping(reader: DoorTarget.readerPrefix + reader)
    keeping.most = most
    if let text = request.values(of: "Last-Event-ID").first, !text.isEmpty {
      guard let number = UInt64(text) else {
        throw DoorFault(.badRequest, "misuse", "Last-Event-ID is the number of the last event that came")
      }
      keeping.has = number
    }
    return keeping
  }
}
