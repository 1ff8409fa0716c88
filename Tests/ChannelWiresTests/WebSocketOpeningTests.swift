import ChannelWires
import Testing

@Suite("How a client opens a WebSocket") struct WebSocketOpeningTests {
  private let key: WebSocketKey
  private let opening: WebSocketOpening

  init() throws {
    key = try #require(WebSocketKey(Array("the sample nonce".utf8)))
    let origin = try #require(HTTPHeader("Origin", "http://example.com"))
    opening = try #require(
      WebSocketOpening(
        host: "server.example.com",
        target: "/chat",
        key: key,
        subprotocols: ["chat", "superchat"],
        headers: [origin]
      )
    )
  }

  /// RFC 6455, 1.3.
  static let example = [
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "Sec-WebSocket-Protocol: chat",
  ]

  private func answer(_ lines: [String], first: String = "HTTP/1.1 101 Switching Protocols") throws -> HTTPAnswer {
    var reader = HTTPResponseReader(bodyLimit: 10)
    reader.expect(opening.request.method)
    let events = reader.take(Array((([first] + lines).map { $0 + "\r\n" }.joined() + "\r\n").utf8))
    guard case .answer(let answer) = events.first else { throw HTTPRefusal.malformed("\(events)") }
    return answer
  }

  private func refusal(_ answer: HTTPAnswer) -> WebSocketOpeningRefusal? {
    do throws(WebSocketOpeningRefusal) {
      _ = try opening.subprotocol(of: answer)
      return nil
    } catch {
      return error
    }
  }

  @Test func asksAsTheExample() {
    #expect(
      String(decoding: opening.request.encoded(), as: UTF8.self)
        == "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Sec-WebSocket-Protocol: chat, superchat\r\nOrigin: http://example.com\r\n\r\n"
    )
  }

  @Test func asksWhatAServerTakes() throws {
    var reader = HTTPRequestReader(bodyLimit: 0, stopsAtUpgrade: true)
    guard case .request(let request) = reader.take(opening.request.encoded()).first else {
      Issue.record("a request is read")
      return
    }
    let handshake = try WebSocketHandshake(request)
    #expect(handshake.subprotocols == ["chat", "superchat"])
    #expect(handshake.origin == "http://example.com")
    var answers = HTTPResponseReader(bodyLimit: 0)
    answers.expect(.get)
    guard case .answer(let answer) = answers.take(handshake.answer(subprotocol: "superchat")).first else {
      Issue.record("an answer is read")
      return
    }
    #expect(try opening.subprotocol(of: answer) == "superchat")
  }

  @Test func takesTheExample() throws {
    #expect(try opening.subprotocol(of: answer(Self.example)) == "chat")
    #expect(try opening.subprotocol(of: answer(Array(Self.example.dropLast()))) == nil)
    let other = Self.example.map { $0.replacing("websocket", with: "WebSocket").replacing("n: Up", with: "n: x, up") }
    #expect(try opening.subprotocol(of: answer(other)) == "chat")
  }

  @Test(
    arguments: [
      ("Upgrade", [], .otherProtocol),
      ("Upgrade", ["Upgrade: h2c"], .otherProtocol),
      ("Upgrade", ["Upgrade: websocket, h2c"], .otherProtocol),
      ("Connection", [], .otherProtocol),
      ("Connection", ["Connection: close"], .otherProtocol),
      ("Sec-WebSocket-Accept", [], .wrongKey),
      ("Sec-WebSocket-Accept", ["Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo="], .wrongKey),
      ("Sec-WebSocket-Accept", ["Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ=="], .wrongKey),
      (
        "Sec-WebSocket-Accept",
        ["Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Accept: a"], .wrongKey
      ),
      ("Sec-WebSocket-Protocol", ["Sec-WebSocket-Extensions: permessage-deflate"], .extensions),
      ("Sec-WebSocket-Protocol", ["Sec-WebSocket-Protocol: other"], .otherSubprotocol),
      ("Sec-WebSocket-Protocol", ["Sec-WebSocket-Protocol: Chat"], .otherSubprotocol),
      ("Sec-WebSocket-Protocol", ["Sec-WebSocket-Protocol: chat, superchat"], .otherSubprotocol),
      ("Sec-WebSocket-Protocol", ["Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: chat"], .otherSubprotocol),
    ] as [(String, [String], WebSocketOpeningRefusal)]
  )
  func refuses(_ name: String, _ lines: [String], _ refusal: WebSocketOpeningRefusal) throws {
    let changed = Self.example.flatMap { $0.hasPrefix(name + ":") ? lines : [$0] }
    #expect(self.refusal(try answer(changed)) == refusal)
    #expect(!refusal.text.isEmpty)
  }

  @Test(arguments: [200, 301, 401, 426, 503]) func refusesAnotherStatus(_ status: Int) throws {
    let answer = try answer(Self.example + ["Content-Length: 0"], first: "HTTP/1.1 \(status) x")
    #expect(refusal(answer) == .status(status))
  }

  @Test(
    arguments: [
      ("a", "/", ["a b"], nil), ("a", "/", ["a,b"], nil), ("a", "/", [""], nil), ("a", "/", ["a", "a"], nil),
      ("a\r\nX: y", "/", [], nil), ("a b", "/", [], nil), ("a", "b", [], nil), ("a", "/ HTTP/1.1\r\nX: y", [], nil),
      ("a", "/\u{e9}", [], nil), ("a", "/", [], HTTPHeader("Connection", "close")),
      ("a", "/", [], HTTPHeader("sec-websocket-extensions", "permessage-deflate")),
      ("a", "/", [], HTTPHeader("host", "b")),
      ("a", "/", [], HTTPHeader("Sec-WebSocket-Protocol", "b")),
    ] as [(String, String, [String], HTTPHeader?)]
  )
  func asksNothingThatCannotBeWritten(_ host: String, _ target: String, _ subprotocols: [String], _ header: HTTPHeader?)
  {
    let opening = WebSocketOpening(
      host: host,
      target: target,
      key: key,
      subprotocols: subprotocols,
      headers: header.map { [$0] } ?? []
    )
    #expect(opening == nil)
  }
}
