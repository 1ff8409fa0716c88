import ChannelWires
import Testing

/// A head behind which chunks follow.
private let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

@Suite("The reader of requests") struct HTTPRequestReaderTests {
  /// The same whole, byte by byte, and cut in two at each place.
  private func events(_ text: String, bodyLimit: Int = 100) -> [HTTPRequestReader.Event] {
    events(Array(text.utf8), bodyLimit: bodyLimit)
  }

  private func events(_ bytes: [UInt8], bodyLimit: Int = 100) -> [HTTPRequestReader.Event] {
    var whole = HTTPRequestReader(bodyLimit: bodyLimit)
    let events = whole.take(bytes)
    var single = HTTPRequestReader(bodyLimit: bodyLimit)
    #expect(bytes.flatMap { single.take([$0]) } == events)
    #expect(single.isWithinRequest == whole.isWithinRequest)
    for cut in bytes.indices {
      var parts = HTTPRequestReader(bodyLimit: bodyLimit)
      #expect(parts.take(Array(bytes[..<cut])) + parts.take(Array(bytes[cut...])) == events)
    }
    return events
  }

  private func request(_ text: String, bodyLimit: Int = 100) -> HTTPRequest? {
    guard case .request(let request) = events(text, bodyLimit: bodyLimit).first else { return nil }
    return request
  }

  private func refusal(_ text: String, bodyLimit: Int = 100) -> HTTPRefusal? {
    guard case .refused(let refusal) = events(text, bodyLimit: bodyLimit).last else { return nil }
    return refusal
  }

  @Test func readsWhatClientsSend() throws {
    let get = try #require(
      request("GET /metrics?x=1 HTTP/1.1\r\nHost: localhost:9\r\nAccept: */*\r\nX-Empty:\r\nx-two:  a  b \r\n\r\n")
    )
    #expect(get.method == .get)
    #expect(get.target == "/metrics?x=1")
    #expect(get.path == "/metrics")
    #expect(get.headers.map(\.name) == ["Host", "Accept", "X-Empty", "x-two"])
    #expect(get.values(of: "X-TWO") == ["a  b"])
    #expect(get.values(of: "x-empty") == [""])
    #expect(get.keepsAlive && !get.isOld && get.body.isEmpty)
    let post = try #require(request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"))
    #expect(post.method == .post)
    #expect(post.body == Array("hello".utf8))
    #expect(request("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")?.method == .head)
    #expect(request("OPTIONS /a HTTP/1.1\r\nHost: a\r\n\r\n")?.method == .options)
    #expect(request("GET / HTTP/1.1\r\nHost:\r\n\r\n") != nil)
  }

  @Test func knowsWhetherAnotherMayFollow() {
    #expect(request("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")?.keepsAlive == false)
    #expect(request("GET / HTTP/1.0\r\n\r\n")?.keepsAlive == false)
    #expect(request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")?.keepsAlive == true)
    #expect(request("GET / HTTP/1.0\r\n\r\n")?.isOld == true)
    #expect(
      request("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nxy")?.keepsAlive == false
    )
  }

  @Test func readsManyThatComeAtOnce() {
    let one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
    let two = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nGET"
    let three = "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    let all = events(one + two + "\r\n" + three + one)
    let targets = all.map { if case .request(let request) = $0 { request.target } else { "?" } }
    #expect(targets == ["/1", "/2", "/3", "/1"])
  }

  @Test func putsChunksTogetherAndDropsTrailers() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
    let request = request(head + "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nHost: b\r\nX: y\r\n\r\n")
    #expect(request?.body == Array("hello world".utf8))
    #expect(request?.values(of: "Host") == ["a"])
    #expect(request?.values(of: "X") == [])
  }

  @Test(arguments: [
    // A line that others end at its line feed, or begin their next request behind.
    "2;\nxx\r\n41\r\n0\r\n\r\nGET /other HTTP/1.1\r\nHost: a\r\n\r\n\r\n0\r\n\r\n",
    "5;x\nzzz\r\nhello\r\n0\r\n\r\n",
    "5 \nzzz\r\nhello\r\n0\r\n\r\n",
    "5\nhello\r\n0\r\n\r\n",
    "5\rXhello\r\n0\r\n\r\n",
    "5;\u{0}\r\nhello\r\n0\r\n\r\n",
    "5 x\r\nhello\r\n0\r\n\r\n",
    "5\r\nhelloXX0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\r\nhello\r\n0\n\n",
    "5\r\nhello\r\n0\r\n\n",
    "5\r\nhello\r\n0\r\nX: a\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n",
    "5\r\nhello\r\n0\r\nX : a\r\n\r\n",
    "5\r\nhello\r\n0\r\nnonsense\r\n\r\n",
    "5\r\nhello\r\n0\r\nX: \u{1}\r\n\r\n",
    "5\r\nhello\r\n0\rZ\rZ",
    "\r\n", ";x\r\n", "-1\r\n", "0x1\r\n", " 1\r\n", "+1\r\n",
    "00000000000000000\r\n\r\n",
  ])
  func refusesChunksThatOthersReadInAnotherWay(_ chunks: String) {
    guard case .malformed = refusal(chunked + chunks, bodyLimit: 1_000) else {
      Issue.record("it is taken")
      return
    }
    #expect(request(chunked + chunks, bodyLimit: 1_000) == nil)
  }

  @Test func takesChunksAsTheyAreWritten() {
    let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
    for chunks in [
      "5\r\nhello\r\n0\r\n\r\n", "0005\r\nhello\r\n000\r\n\r\n", "5  \r\nhello\r\n0\t\r\n\r\n",
      "1 ;a=\"b c\";d\r\nh\r\n4;\r\nello\r\n0;x\r\n\r\n", "5\r\nhello\r\n0\r\nX:\r\nY: a: b\r\n\r\n",
    ] {
      let all = events(chunked + chunks + next)
      let bodies = all.map {
        if case .request(let request) = $0 { String(decoding: request.body, as: UTF8.self) } else { "?" }
      }
      #expect(bodies == ["hello", ""], "\(chunks)")
    }
    let long = String(repeating: "x", count: 0xAB)
    #expect(request(chunked + "aB\r\n\(long)\r\n0\r\n\r\n", bodyLimit: 0xAB)?.body.count == 0xAB)
    // What a trailer says of the connection is nothing to it.
    #expect(request(chunked + "0\r\nConnection: close\r\n\r\n")?.keepsAlive == true)
  }

  /// Nobody needs them, and they have no length of their own.
  @Test func readsNoExtensionsAndTrailersForEver() {
    let text = String(repeating: "x", count: HTTPRequestReader.headLimit)
    for chunks in ["1;\(text)", "1\(text.map { _ in " " }.joined()) ", "0\r\n\(text)x", "0\r\nX:\(text)"] {
      var reader = HTTPRequestReader(bodyLimit: 100)
      #expect(reader.take(Array((chunked + chunks).utf8)) == [.refused(.headTooLong)])
    }
    var reader = HTTPRequestReader(bodyLimit: 10_000)
    let events = reader.take(Array((chunked + String(repeating: "1;x=y\r\na\r\n", count: 5_000)).utf8))
    #expect(events == [.refused(.headTooLong)])
  }

  @Test func waitsForTheRest() {
    var reader = HTTPRequestReader(bodyLimit: 10)
    #expect(!reader.isWithinRequest)
    #expect(reader.take(Array("GET / HTT".utf8)).isEmpty)
    #expect(reader.isWithinRequest)
    #expect(reader.take(Array("P/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n".utf8)).isEmpty)
    #expect(reader.isWithinRequest)
    #expect(reader.take(Array("xy".utf8)).count == 1)
    #expect(!reader.isWithinRequest)
    #expect(reader.take([]).isEmpty)
  }

  @Test func showsAHeadBeforeItsBodyIsThere() {
    var reader = HTTPRequestReader(bodyLimit: 10)
    #expect(reader.take(Array("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r".utf8)).isEmpty)
    #expect(reader.head == nil)
    #expect(reader.take(Array("\nx".utf8)).isEmpty)
    #expect(reader.head?.target == "/a" && reader.head?.method == .post)
    #expect(reader.take(Array("y".utf8)).count == 1)
    #expect(reader.head == nil)
  }

  @Test(
    arguments: [
      // By these one program can be made to see another request than the next.
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0", .lengthSaidTwice),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0", .lengthSaidTwice),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n", .lengthSaidTwice),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n", .lengthSaidTwice),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unknownEncoding),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", .unknownEncoding),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .unknownEncoding),
      ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .unknownEncoding),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding-Note: chunked\r\n\r\n0\r\n\r\n", .unknownEncoding),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encodings: a\r\nContent-Length: 4\r\n\r\n", .lengthSaidTwice),
      ("GET / HTTP/1.1\r\n\r\n", .notOneHost),
      ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", .notOneHost),
      ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", .notOneHost),
      // Length and limits.
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", .bodyTooLong),
      ("\(chunked)65\r\n\(String(repeating: "x", count: 101))", .bodyTooLong),
      ("\(chunked)64\r\n\(String(repeating: "x", count: 100))\r\n1\r\nx\r\n", .bodyTooLong),
      // What is not understood here.
      ("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
      ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", .malformed("a target that is none")),
      ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
      ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
      ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .unknownVersion),
      ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", .unknownVersion),
      ("GET / HTTPS/1.1\r\nHost: a\r\n\r\n", .unknownVersion),
      ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", .unknownVersion),
    ] as [(String, HTTPRefusal)]
  )
  func refuses(_ text: String, _ refusal: HTTPRefusal) {
    #expect(self.refusal(text) == refusal)
  }

  @Test func takesOtherMethodsForWhoeverUnderstandsThem() throws {
    for method in HTTPMethod.allCases {
      let text = Array("\(method.rawValue) / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".utf8)
      var reader = HTTPRequestReader(bodyLimit: 1, methods: [method])
      guard case .request(let request) = reader.take(text).first else { throw HTTPRefusal.unknownMethod }
      #expect(request.method == method && request.body == [UInt8(ascii: "x")])
      var other = HTTPRequestReader(bodyLimit: 1, methods: Set(HTTPMethod.allCases).subtracting([method]))
      #expect(other.take(text) == [.refused(.unknownMethod)])
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\nHost: a\n\n",
    "GET / HTTP/1.1\r\nHost: a\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
    "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    " GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n",
    "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX\u{1}: b\r\n\r\n",
    "\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX(y): b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
    "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET HTTP/1.1\r\nHost: a\r\n\r\n",
    "get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
    "garbage\r\n\r\n",
    "\u{16}\u{3}\u{1}hello",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n",
    "\(chunked)x\r\n",
    "\(chunked)1\r\nab\r\n",
    "\(chunked)ffffffffffffffffff\r\n",
  ])
  func refusesWhatIsMalformed(_ text: String) {
    let status = refusal(text)?.status
    #expect(status == .badRequest || status == .tooLarge)
  }

  @Test func readsNothingAfterARefusal() {
    let good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    let all = events(good + "nonsense\r\n\r\n" + good)
    #expect(all.count == 2)
    guard case .request = all.first, case .refused = all.last else {
      Issue.record("the first is read, the second refused")
      return
    }
  }

  @Test func holdsNoMoreOfAHeadThanItMayHave() {
    let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
    let fill = HTTPRequestReader.headLimit - start.utf8.count - 4
    #expect(request(start + String(repeating: "x", count: fill) + "\r\n\r\n") != nil)
    #expect(refusal(start + String(repeating: "x", count: fill + 1) + "\r\n\r\n") == .headTooLong)
    #expect(refusal(start + String(repeating: "x", count: fill + 4)) == .headTooLong)
  }

  @Test func takesAWholeAddressForItsPath() {
    #expect(request("GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n")?.target == "/b?c")
    #expect(request("GET HTTP://a?c HTTP/1.1\r\nHost: a\r\n\r\n")?.target == "/?c")
    #expect(request("GET http://a:80 HTTP/1.1\r\nHost: a\r\n\r\n")?.target == "/")
  }

  /// A head of 8 KiB is looked at once, however often it has blanks and colons.
  @Test func looksBackForNoColon() {
    var reader = HTTPRequestReader(bodyLimit: 0)
    let head = Array(("GET / HTTP/1.1\r\nHost: a\r\nX:" + String(repeating: " :", count: 4_000) + "\r\n\r\n").utf8)
    let begin = ContinuousClock.now
    for _ in 0..<1_000 { #expect(reader.take(head).count == 1) }
    // Looking back each time it would be seven seconds.
    #expect(ContinuousClock.now - begin < .seconds(2))
  }

  @Test func copiesNoBodyForEachPiece() {
    var reader = HTTPRequestReader(bodyLimit: 4 << 20)
    _ = reader.take(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(4 << 20)\r\n\r\n".utf8))
    let begin = ContinuousClock.now
    var events: [HTTPRequestReader.Event] = []
    // Copied for each piece it would be 128 GiB.
    for _ in 0..<(4 << 20) / 64 { events += reader.take([UInt8](repeating: 1, count: 64)) }
    #expect(events.count == 1)
    #expect(ContinuousClock.now - begin < .seconds(10))
  }
}
