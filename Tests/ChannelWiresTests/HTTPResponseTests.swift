import ChannelWires
import Testing

@Suite("An answer of HTTP") struct HTTPResponseTests {
  private func request(_ text: String) throws -> HTTPRequest {
    var reader = HTTPRequestReader(bodyLimit: 0)
    guard case .request(let request) = reader.take(Array(text.utf8)).first else { throw HTTPRefusal.unknownMethod }
    return request
  }

  private func text(_ response: HTTPResponse, to request: HTTPRequest?, keepsAlive: Bool = true) -> String {
    String(decoding: response.encoded(answering: request, keepsAlive: keepsAlive), as: UTF8.self)
  }

  @Test func saysItsLengthAndKind() throws {
    let get = try request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(
      text(HTTPResponse(.ok, text: "añb\n"), to: get)
        == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nañb\n"
    )
  }

  @Test func hasNoBodyForHEADButItsLength() throws {
    let head = try request("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    let answer = text(HTTPResponse(.ok, text: "hello"), to: head)
    #expect(answer.contains("Content-Length: 5\r\n"))
    #expect(answer.hasSuffix("\r\n\r\n"))
  }

  @Test func saysWhetherTheConnectionGoesOn() throws {
    let old = try request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    #expect(text(HTTPResponse(.ok, text: ""), to: old).contains("\r\nConnection: keep-alive\r\n"))
    #expect(text(HTTPResponse(.ok, text: ""), to: old, keepsAlive: false).contains("\r\nConnection: close\r\n"))
    #expect(text(HTTPResponse(.headTooLong), to: nil, keepsAlive: false).contains("\r\nConnection: close\r\n"))
  }

  @Test func hasNoHeaderThatBreaksOutOfItsLine() {
    #expect(HTTPHeader("X", "a\r\nSet-Cookie: b") == nil)
    #expect(HTTPHeader("X", "a\nb") == nil)
    #expect(HTTPHeader("X", "a\rb") == nil)
    #expect(HTTPHeader("X", "a\u{0}b") == nil)
    #expect(HTTPHeader("X\r\nY", "a") == nil)
    #expect(HTTPHeader("X Y", "a") == nil)
    #expect(HTTPHeader("X:", "a") == nil)
    #expect(HTTPHeader("", "a") == nil)
    #expect(HTTPHeader("X-Y", "a\tb ü")?.value == "a\tb ü")
  }

  @Test(arguments: HTTPStatus.allCases) func hasWordsForEachStatus(_ status: HTTPStatus) {
    #expect(text(HTTPResponse(status, text: ""), to: nil).hasPrefix("HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"))
  }

  @Test func isPassedOnWithANumberThatHasNoWords() throws {
    let teapot = HTTPResponse(code: 418, headers: [], body: [UInt8(ascii: "x")])
    #expect(text(teapot, to: nil) == "HTTP/1.1 418 \r\nContent-Length: 1\r\n\r\nx")
    var reader = HTTPResponseReader(bodyLimit: 1)
    reader.expect(.get)
    guard case .answer(let answer) = reader.take(teapot.encoded(answering: nil, keepsAlive: true)).first else {
      throw HTTPAnswerRefusal.cutShort
    }
    #expect(answer.status == 418)
  }

  @Test(arguments: [204, 304]) func hasNoLengthWhereThereIsNeverABody(_ code: Int) {
    #expect(text(HTTPResponse(code: code, headers: [], body: []), to: nil).hasSuffix("\r\n\r\n"))
    #expect(!text(HTTPResponse(code: code, headers: [], body: []), to: nil).contains("Content-Length"))
  }

  @Test func tellsWhatIsWrongWithARequest() {
    #expect(text(HTTPResponse(.bodyTooLong), to: nil).hasPrefix("HTTP/1.1 413 "))
    #expect(text(HTTPResponse(HTTPRefusal.notOneHost), to: nil).hasSuffix("\r\n\r\na request names exactly one host\n"))
  }
}
