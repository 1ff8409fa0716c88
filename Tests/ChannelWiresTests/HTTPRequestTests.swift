import ChannelWires
import Testing

@Suite("A request that is sent") struct HTTPRequestTests {
  private func text(_ request: HTTPRequest?) -> String? {
    request.map { String(decoding: $0.encoded(), as: UTF8.self) }
  }

  private func read(_ bytes: [UInt8]) -> HTTPRequest? {
    var reader = HTTPRequestReader(bodyLimit: 1_000)
    guard case .request(let request) = reader.take(bytes).first else { return nil }
    return request
  }

  @Test func saysItsHostAndItsLength() throws {
    let accept = try #require(HTTPHeader("Accept", "*/*"))
    #expect(
      text(HTTPRequest(.get, host: "a:1", target: "/x?y", headers: [accept]))
        == "GET /x?y HTTP/1.1\r\nHost: a:1\r\nAccept: */*\r\n\r\n"
    )
    #expect(
      text(HTTPRequest(.post, host: "a", target: "/", headers: [.contentType(.json)], body: Array("{}".utf8)))
        == "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    #expect(
      text(HTTPRequest(.post, host: "a", target: "/")) == "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
    )
    #expect(
      text(HTTPRequest(.head, host: "a", target: "/", keepsAlive: false))
        == "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
  }

  @Test func isReadAsItWasSent() throws {
    for keepsAlive in [true, false] {
      for body in [[], Array("hello".utf8)] as [[UInt8]] {
        let request = try #require(HTTPRequest(.post, host: "a", target: "/b", body: body, keepsAlive: keepsAlive))
        let again = try #require(read(request.encoded()))
        #expect(again.method == .post && again.target == "/b" && again.body == body)
        #expect(again.keepsAlive == keepsAlive)
        #expect(again.values(of: "Host") == ["a"])
      }
    }
  }

  @Test func sendsWhatWasReadWithOneLength() throws {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunked = try #require(read(Array((head + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n").utf8)))
    #expect(text(chunked) == "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
    let old = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    #expect(text(read(Array(old.utf8))) == old)
  }

  @Test(
    arguments: [
      ("a", "", nil), ("a", "x", nil), ("a", "/ ", nil), ("a", "/\r\nX: y", nil), ("a", "/#x", nil), ("a", "/ä", nil),
      ("a", "http://a/", nil), ("a\r\nX: y", "/", nil), ("a\n", "/", nil), ("a b", "/", nil), ("a", "/", ("Host", "b")),
      ("a", "/", ("content-length", "5")), ("a", "/", ("Transfer-Encoding", "chunked")),
    ] as [(String, String, (String, String)?)]
  )
  func isNoneThatBreaksOutOfItsLines(_ host: String, _ target: String, _ header: (String, String)?) {
    let headers = header.flatMap { HTTPHeader($0.0, $0.1) }.map { [$0] } ?? []
    #expect(HTTPRequest(.get, host: host, target: target, headers: headers) == nil)
  }
}
