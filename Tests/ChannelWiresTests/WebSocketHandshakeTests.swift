import ChannelWires
import Testing

@Suite("How a server opens a WebSocket") struct WebSocketHandshakeTests {
  /// RFC 6455, 1.3, with its key and its answer.
  static let example = [
    "Host: server.example.com", "Upgrade: websocket", "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Origin: http://example.com", "Sec-WebSocket-Protocol: chat, superchat", "Sec-WebSocket-Version: 13",
  ]

  static func request(_ lines: [String], first: String = "GET /chat HTTP/1.1", body: String = "") throws -> HTTPRequest
  {
    let text = ([first] + lines).map { $0 + "\r\n" }.joined() + "\r\n" + body
    var reader = HTTPRequestReader(bodyLimit: 10)
    let events = reader.take(Array(text.utf8))
    guard case .request(let request) = events.first else { throw HTTPRefusal.malformed("\(events)") }
    return request
  }

  /// The example with a line in the place of the one of this name, or without it.
  static func changed(_ name: String, _ lines: [String]) -> [String] {
    example.flatMap { $0.hasPrefix(name + ":") ? lines : [$0] }
  }

  private func refusal(_ request: HTTPRequest) -> WebSocketHandshakeRefusal? {
    do throws(WebSocketHandshakeRefusal) {
      _ = try WebSocketHandshake(request)
      return nil
    } catch {
      return error
    }
  }

  @Test func answersAsTheExample() throws {
    let handshake = try WebSocketHandshake(Self.request(Self.example))
    #expect(handshake.origin == "http://example.com")
    #expect(handshake.subprotocols == ["chat", "superchat"])
    #expect(
      String(decoding: handshake.answer(subprotocol: "chat"), as: UTF8.self)
        == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
    )
    #expect(!String(decoding: handshake.answer(), as: UTF8.self).contains("Sec-WebSocket-Protocol"))
  }

  @Test(
    arguments: [
      ("Connection", ["Connection: keep-alive, Upgrade"]),
      ("Connection", ["Connection: keep-alive", "Connection: ,uPGRADE ,"]),
      ("Upgrade", ["Upgrade: WebSocket"]),
      ("Upgrade", ["Upgrade: h2c, websocket"]),
      ("Origin", []),
      ("Sec-WebSocket-Protocol", []),
      ("Sec-WebSocket-Protocol", ["Sec-WebSocket-Protocol: a", "sec-websocket-protocol: b,c"]),
      // An extension is asked for, and nobody speaks it.
      ("Origin", ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]),
    ] as [(String, [String])]
  )
  func takesWhatIsAskedRightly(_ name: String, _ lines: [String]) throws {
    let handshake = try WebSocketHandshake(Self.request(Self.changed(name, lines)))
    let answer = String(decoding: handshake.answer(), as: UTF8.self)
    #expect(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
    #expect(!answer.contains("Extensions"))
  }

  @Test func readsSubprotocolsOfAllLines() throws {
    let lines = Self.changed("Sec-WebSocket-Protocol", ["Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Protocol:c"])
    #expect(try WebSocketHandshake(Self.request(lines)).subprotocols == ["a", "b", "c"])
  }

  @Test(
    arguments: [
      ("Upgrade", [], .notAsked),
      ("Upgrade", ["Upgrade: h2c"], .notAsked),
      ("Upgrade", ["Upgrade: websockets"], .notAsked),
      ("Upgrade", ["Upgrade: websoc\u{212A}et"], .notAsked),
      ("Connection", [], .notAsked),
      ("Connection", ["Connection: keep-alive"], .notAsked),
      ("Connection", ["Connection: keep-upgrade"], .notAsked),
      ("Sec-WebSocket-Version", [], .unknownVersion),
      ("Sec-WebSocket-Version", ["Sec-WebSocket-Version: 8"], .unknownVersion),
      ("Sec-WebSocket-Version", ["Sec-WebSocket-Version: 8, 13"], .unknownVersion),
      ("Sec-WebSocket-Version", ["Sec-WebSocket-Version: 013"], .unknownVersion),
      ("Sec-WebSocket-Key", [], .badKey),
      ("Sec-WebSocket-Key", ["Sec-WebSocket-Key:"], .badKey),
      ("Sec-WebSocket-Key", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"], .badKey),
      ("Sec-WebSocket-Key", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j"], .badKey),
      ("Sec-WebSocket-Key", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE="], .badKey),
      ("Sec-WebSocket-Key", ["Sec-WebSocket-Key: the sample nonce, plain!"], .badKey),
      (
        "Sec-WebSocket-Key",
        ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], .badKey
      ),
      ("Sec-WebSocket-Protocol", ["Sec-WebSocket-Protocol: a b"], .badSubprotocols),
      ("Sec-WebSocket-Protocol", ["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b, a"], .badSubprotocols),
      ("Origin", ["Origin: http://a", "Origin: http://b"], .manyOrigins),
    ] as [(String, [String], WebSocketHandshakeRefusal)]
  )
  func refuses(_ name: String, _ lines: [String], _ refusal: WebSocketHandshakeRefusal) throws {
    #expect(self.refusal(try Self.request(Self.changed(name, lines))) == refusal)
  }

  @Test func refusesAllButAPlainGET() throws {
    #expect(refusal(try Self.request(Self.example, first: "POST /chat HTTP/1.1")) == .notPlainGet)
    #expect(refusal(try Self.request(Self.example, first: "HEAD /chat HTTP/1.1")) == .notPlainGet)
    #expect(refusal(try Self.request(Self.example + ["Content-Length: 2"], body: "ab")) == .notPlainGet)
    #expect(refusal(try Self.request(Self.example + ["Content-Length: 0"])) == nil)
    // Of an upgrade HTTP/1.0 knows nothing.
    #expect(refusal(try Self.request(Self.example, first: "GET /chat HTTP/1.0")) == .notAsked)
  }

  @Test(arguments: WebSocketHandshakeRefusal.allCases) func saysWhatWouldDo(_ refusal: WebSocketHandshakeRefusal) {
    let text = String(decoding: refusal.response.encoded(answering: nil, keepsAlive: false), as: UTF8.self)
    let isForAnUpgrade = refusal == .notAsked || refusal == .unknownVersion
    #expect(text.hasPrefix(isForAnUpgrade ? "HTTP/1.1 426 Upgrade Required\r\n" : "HTTP/1.1 400 Bad Request\r\n"))
    #expect(text.contains("\r\nSec-WebSocket-Version: 13\r\n") == isForAnUpgrade)
    #expect(text.contains("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n") == isForAnUpgrade)
    #expect(text.hasSuffix("\r\n\r\n\(refusal.text)\n"))
  }

  @Test func aKeyHasSixteenBytes() throws {
    #expect(WebSocketKey([UInt8](repeating: 0, count: 15)) == nil)
    #expect(WebSocketKey([UInt8](repeating: 0, count: 17)) == nil)
    let key = try #require(WebSocketKey(Array("the sample nonce".utf8)))
    #expect(key.text == "dGhlIHNhbXBsZSBub25jZQ==")
    #expect(key.answer == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(WebSocketKey(text: key.text) == key)
  }
}
