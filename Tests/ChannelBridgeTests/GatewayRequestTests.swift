import ChannelBridge
import ChannelMessages
import ChannelWires
import Testing

@Suite("A request for a program that has only files") struct GatewayRequestTests {
  private func payload(_ text: String, path: String = "/", query: String = "", hidingTokens: Bool = true) throws
    -> String
  {
    var reader = HTTPRequestReader(bodyLimit: 1_000, methods: Set(HTTPMethod.allCases))
    let bytes = text.unicodeScalars.map { UInt8($0.value) }
    guard case .request(let request) = reader.take(bytes).first else { throw HTTPRefusal.unknownMethod }
    let payload = GatewayRequest(request, path: path, query: query, hidingTokens: hidingTokens).payload
    // It vouches for what it has written.
    #expect(try JSONText(validating: payload.bytes) == payload)
    return "\(payload)"
  }

  @Test func hasAllOfIt() throws {
    let text = "PUT /gateway/a/b%20c?d=e HTTP/1.1\r\nHost: h\r\nX: 1\r\nx: \"2\"\r\nContent-Length: 3\r\n\r\na\"b"
    #expect(
      try payload(text, path: "/b%20c", query: "d=e")
        == #"{"method":"PUT","path":"/b%20c","query":"d=e","headers":[["Host","h"],["X","1"],["x","\"2\""]],"#
        + #""body":"a\"b"}"#
    )
  }

  @Test func hasItsBodyAsBytesWhereItIsNoText() throws {
    let text = "POST /gateway/a/ HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n\u{0}\u{FF}\u{80}"
    #expect(try payload(text).hasSuffix(#""body_base64":"AP+A"}"#))
  }

  @Test func hasNothingThatIsForOneConnection() throws {
    let lines = [
      "Connection: close, X-Mine", "X-Mine: 1", "Keep-Alive: 5", "TE: trailers", "Transfer-Encoding: chunked",
      "Upgrade: h2c", "Proxy-Authorization: Basic eA==", "trailer: X", "Accept: */*",
    ]
    let text = "POST / HTTP/1.1\r\nHost: h\r\n\(lines.joined(separator: "\r\n"))\r\n\r\n1\r\na\r\n0\r\n\r\n"
    #expect(try payload(text).hasSuffix(#""headers":[["Host","h"],["Accept","*/*"]],"body":"a"}"#))
  }

  /// A token is shown to the door. What somebody shows to the program is the program's.
  @Test func hasNoTokenOfTheDoor() throws {
    func headers(_ line: String) throws -> String { try payload("GET / HTTP/1.1\r\nHost: h\r\n\(line)\r\n\r\n") }
    for line in [
      "Authorization: Bearer abc", "authorization: bearer abc", "Authorization: BEARER\tabc",
      "Referer: http://h/gateway/a/?token=abc", "Referer: http://h/gateway/a/?b=c&token=abc",
    ] {
      #expect(try headers(line).contains(#""headers":[["Host","h"]]"#), "\(line)")
    }
    #expect(try headers("Authorization: Basic abc").contains(#"["Authorization","Basic abc"]"#))
    #expect(try headers("Referer: http://h/?b=c").contains(#"["Referer","http://h/?b=c"]"#))
    // Where the door has none they are the program's.
    let text = "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer abc\r\n\r\n"
    #expect(try payload(text, hidingTokens: false).contains(#"["Authorization","Bearer abc"]"#))
  }
}
