// A program that serves the web, and has only files.

internal import ChannelMessages
internal import ChannelWires
internal import Transom

extension Door {
  /// Asks the channel the whole request, and answers with what the program behind it says.
  func passOn(
    _ request: HTTPRequest,
    _ target: DoorTarget,
    along path: String,
    to channel: String,
    _ visitor: Visitor
  ) async throws -> HTTPResponse {
    let method = GatewayRequest.channelMethod
    try visitor.checkMayRequest(method, byteCount: request.body.count)
    try checkTurn(of: visitor)
    if path.isEmpty { return Self.behindSlash(request) }
    let payload = GatewayRequest(request, path: path, query: target.query, hidingTokens: access.hasTokens).payload
    try visitor.checkMayRequest(method, byteCount: payload.bytes.count)
    do {
      let answer = try GatewayAnswer(try await answer(to: payload, in: channel))
      return HTTPResponse(code: answer.status, headers: answer.headers + Self.unsaid(in: answer), body: answer.body)
    } catch let fault as GatewayFault {
      told(.misanswered(channel: QuotedText.of(channel), why: "\(fault)"))
      throw DoorFault(.badGateway, "bad-answer", "what serves this page does not do so now")
    }
  }

  /// What the program answers, in however many words: an error of its own is not for strangers.
  private func answer(to payload: JSONText, in channel: String) async throws -> JSONText {
    do {
      return try await bridge(channel).ask(GatewayRequest.channelMethod, payload)
    } catch let error as ChannelError where error.code == .answeredWithError {
      throw GatewayFault.refused(error.what)
    }
  }

  /// From there on what a page refers to is found beside it.
  private static func behindSlash(_ request: HTTPRequest) -> HTTPResponse {
    let query = request.target.dropFirst(request.path.count)
    let place = HTTPHeader("Location", request.path + "/" + query)
    return HTTPResponse(code: 308, headers: HTTPHeader.ofDoors + [place].compactMap(\.self), body: [])
  }

  /// What all answers of a door say, where the program does not.
  private static func unsaid(in answer: GatewayAnswer) -> [HTTPHeader] {
    HTTPHeader.ofDoors.filter { header in !answer.headers.contains { $0.isNamed(header.name) } }
  }
}
