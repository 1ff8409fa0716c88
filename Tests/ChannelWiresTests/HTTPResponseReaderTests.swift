import ChannelWires
import Testing

@Suite("The reader of answers") struct HTTPResponseReaderTests {
  typealias Event = HTTPResponseReader.Event

  /// The same whole, byte by byte, and cut in two at each place; with what its end gives, when the stream ends.
  private func events(_ text: String, to asked: [HTTPMethod] = [.get], bodyLimit: Int = 100, ends: Bool = false)
    -> [Event]
  {
    func reader() -> HTTPResponseReader {
      var reader = HTTPResponseReader(bodyLimit: bodyLimit)
      for method in asked { reader.expect(method) }
      return reader
    }
    let bytes = Array(text.utf8)
    var whole = reader()
    let events = whole.take(bytes)
    let isWaiting = whole.isWaiting
    let all = events + (ends ? whole.end() : [])
    var single = reader()
    #expect(bytes.flatMap { single.take([$0]) } == events)
    #expect(single.isWaiting == isWaiting)
    for cut in bytes.indices {
      var parts = reader()
      let both = parts.take(Array(bytes[..<cut])) + parts.take(Array(bytes[cut...]))
      #expect(both + (ends ? parts.end() : []) == all, "cut at \(cut)")
    }
    return all
  }

  private func answers(_ text: String, to asked: [HTTPMethod] = [.get], ends: Bool = false) -> [HTTPAnswer] {
    events(text, to: asked, ends: ends).compactMap { if case .answer(let answer) = $0 { answer } else { nil } }
  }

  private func refusal(_ text: String, to asked: [HTTPMethod] = [.get]) -> HTTPAnswerRefusal? {
    guard case .refused(let refusal) = events(text, to: asked).last else { return nil }
    return refusal
  }

  @Test func readsWhatServersSend() throws {
    let answer = try #require(
      answers("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX: a \r\nx: b\r\nContent-Length: 5\r\n\r\nhello").first
    )
    #expect(answer.status == 200)
    #expect(answer.values(of: "X") == ["a", "b"])
    #expect(answer.body == Array("hello".utf8))
    #expect(answer.keepsAlive && !answer.isOld)
    #expect(answers("HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n").first?.status == 404)
    #expect(answers("HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n").first?.status == 599)
    #expect(answers("HTTP/1.1 200 Très bien\r\nContent-Length: 0\r\n\r\n").first?.status == 200)
  }

  @Test func putsChunksTogetherAndDropsTrailers() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let answers = answers(head + "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX: y\r\n\r\n")
    #expect(answers.map(\.body) == [Array("hello world".utf8)])
    #expect(answers.first?.values(of: "X") == [])
  }

  /// Parsers take such a name for the encoding, and then disagree about where the body ends.
  @Test func refusesANameThatOnlyBeginsAsTheEncodingDoes() {
    for name in ["Transfer-Encoding-Note", "transfer-encodings"] {
      let head = "HTTP/1.1 200 OK\r\n\(name): chunked\r\n"
      #expect(refusal(head + "\r\n") == .misshapen(.unknownEncoding))
      #expect(refusal(head + "Content-Length: 5\r\n\r\nhello") == .misshapen(.lengthSaidTwice))
      let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\(name): chunked\r\n\r\n2\r\nhe\r\n0\r\n\r\n"
      #expect(refusal(chunked) == .misshapen(.lengthSaidTwice))
    }
    let noted = "HTTP/1.1 200 OK\r\nContent-Length-Note: 5\r\nTransfer-Encode: a\r\nContent-Length: 5\r\n\r\nhello"
    #expect(answers(noted).map(\.body) == [Array("hello".utf8)])
  }

  /// As for requests, whose tests have all shapes.
  @Test(arguments: [
    "5;x\nzzz\r\nhello\r\n0\r\n\r\n", "5\rXhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "0\r\nX: a\n\n",
  ])
  func refusesChunksThatOthersReadInAnotherWay(_ chunks: String) {
    let refusal = refusal("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    guard case .misshapen(.malformed) = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
  }

  @Test func readsABodyUntilTheStreamEnds() {
    let old = answers("HTTP/1.0 200 OK\r\n\r\nhello", ends: true)
    #expect(old.map(\.body) == [Array("hello".utf8)])
    #expect(old.first?.keepsAlive == false && old.first?.isOld == true)
    #expect(answers("HTTP/1.1 200 OK\r\n\r\n", ends: true).map(\.body) == [[]])
    #expect(answers("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\na", ends: true).first?.keepsAlive == false)
    #expect(answers("HTTP/1.1 200 OK\r\n\r\nhello").isEmpty)
  }

  @Test func readsOneAfterTheOther() {
    let one = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"
    let two = "HTTP/1.1 204 No Content\r\n\r\n"
    let three = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n3\r\n0\r\n\r\n"
    let all = answers(one + two + three + one, to: [.get, .post, .get, .get])
    #expect(all.map(\.status) == [200, 204, 404, 200])
    #expect(all.map(\.body) == [[0x31], [], [0x33], [0x31]])
  }

  /// Whatever such an answer says of a length, the next one begins behind its head (RFC 9112, 6.3).
  @Test func knowsWhatHasNoBody() {
    let next = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    for length in ["Content-Length: 5\r\n", "Content-Length: 500\r\n", "Transfer-Encoding: chunked\r\n", ""] {
      let head = answers("HTTP/1.1 200 OK\r\n\(length)\r\n\(next)", to: [.head, .get])
      #expect(head.map(\.body) == [[], [0x78]])
      #expect(head.first?.keepsAlive == true)
      let unchanged = answers("HTTP/1.1 304 Not Modified\r\n\(length)\r\n\(next)", to: [.get, .get])
      #expect(unchanged.map(\.body) == [[], [0x78]])
    }
    #expect(answers("HTTP/1.1 204 x\r\n\r\n" + next, to: [.get, .get]).count == 2)
    #expect(answers("HTTP/1.1 204 x\r\nContent-Length: 0\r\n\r\n" + next, to: [.get, .get]).count == 2)
  }

  @Test func passesOverThoseThatOnlySayThatOneIsToCome() {
    let hints = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    let all = answers(hints + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    #expect(all.map(\.status) == [200])
    #expect(events(hints).isEmpty)
  }

  @Test func endsWhereAnotherProtocolBegins() {
    let head = Array("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 101 x\r\nUpgrade: y\r\nConnection: Upgrade\r\n\r\n".utf8)
    let rest: [UInt8] = [0x81, 0x01, 0x61]
    for cut in 0...(head.count + rest.count) {
      var reader = HTTPResponseReader(bodyLimit: 0)
      reader.expect(.get)
      let all = head + rest
      let events = reader.take(Array(all[..<cut])) + reader.take(Array(all[cut...]))
      #expect(events.map { if case .answer(let answer) = $0 { answer.status } else { 0 } } == [101])
      #expect(reader.isSwitched && !reader.isWaiting)
      #expect(reader.end().isEmpty)
      #expect(reader.takeRest() == rest)
      #expect(!reader.isSwitched)
      #expect(reader.take(rest).isEmpty && reader.takeRest() == [])
    }
  }

  @Test func readsNothingBehindTheLast() {
    let last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
    #expect(events(last + last, to: [.get, .get], ends: true).count == 1)
    #expect(answers(last).first?.keepsAlive == false)
    #expect(answers("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx").first?.keepsAlive == false)
    let kept = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx"
    #expect(answers(kept + kept, to: [.get, .get]).map(\.keepsAlive) == [true, true])
  }

  @Test func refusesWhatNobodyAskedFor() {
    let one = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    #expect(refusal(one, to: []) == .unasked)
    #expect(refusal(one + one) == .unasked)
    #expect(refusal(one + "\r\n") == .unasked)
    // More than was announced is the beginning of another.
    #expect(refusal("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxy") == .unasked)
  }

  @Test(arguments: [
    "", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 100 x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
  ])
  func saysWhenAnAnswerIsCutShort(_ text: String) {
    #expect(events(text).isEmpty)
    #expect(events(text, ends: true) == [.refused(.cutShort)])
  }

  @Test func aStreamMayEndBetweenAnswers() {
    #expect(events("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ends: true).count == 1)
    #expect(events("", to: [], ends: true).isEmpty)
  }

  @Test func readsNothingBehindTheEnd() {
    var reader = HTTPResponseReader(bodyLimit: 0)
    reader.expect(.get)
    #expect(reader.end() == [.refused(.cutShort)])
    #expect(reader.take(Array("HTTP/1.1 204 x\r\n\r\n".utf8)).isEmpty)
    #expect(reader.end().isEmpty)
  }

  @Test(
    arguments: [
      // By these one program can be made to see another answer than the next.
      ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", .lengthSaidTwice),
      ("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", .lengthSaidTwice),
      ("Content-Length: 4\r\nContent-Length: 4\r\n", .lengthSaidTwice),
      ("Content-Length: 4\r\nContent-Length: 5\r\n", .lengthSaidTwice),
      ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .lengthSaidTwice),
      ("Transfer-Encoding: gzip, chunked\r\n", .unknownEncoding),
      ("Transfer-Encoding: chunked, identity\r\n", .unknownEncoding),
      ("Transfer-Encoding: identity\r\n", .unknownEncoding),
      ("Transfer-Encoding: xchunked\r\n", .unknownEncoding),
      ("Transfer-Encoding:\r\n", .unknownEncoding),
      ("Content-Length: 101\r\n", .bodyTooLong),
    ] as [(String, HTTPRefusal)]
  )
  func refusesLengthsThatProgramsDisagreeAbout(_ headers: String, _ refusal: HTTPRefusal) {
    #expect(self.refusal("HTTP/1.1 200 OK\r\n\(headers)\r\n0\r\n\r\n") == .misshapen(refusal))
    #expect(!HTTPAnswerRefusal.misshapen(refusal).text.contains("request"))
  }

  @Test func refusesABodyThatIsTooLong() {
    let many = String(repeating: "x", count: 101)
    #expect(refusal("HTTP/1.1 200 OK\r\n\r\n" + many) == .misshapen(.bodyTooLong))
    #expect(refusal("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n\(many)") == .misshapen(.bodyTooLong))
    #expect(events("HTTP/1.1 200 OK\r\n\r\n" + many.dropLast(), ends: true).count == 1)
  }

  @Test(arguments: [
    "HTTP/1.1 204 x\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 100 x\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 101 x\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.0 200 x\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/0.9 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
    "ICY 200 OK\r\n\r\n", "HTTP/1.1200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.10 200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 0200 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
    "HTTP/1.1 2O0 OK\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
    "HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n",
    "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\nA: b\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
    "HTTP/1.1 200 a\rb\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\nx", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
    "HTTP/1.1 200 OK\r\n A: b\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA\u{0}: b\r\n\r\n", "HTTP/1.1 200 \u{0}\r\n\r\n", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
    "HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA(b): c\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
  ])
  func refusesWhatIsMalformed(_ text: String) {
    guard case .misshapen = refusal(text + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", to: [.get, .get]) else {
      Issue.record("it is refused for its form")
      return
    }
  }

  @Test func readsNothingAfterARefusal() {
    let good = "HTTP/1.1 204 x\r\n\r\n"
    let all = events(good + "nonsense\r\n\r\n" + good, to: [.get, .get, .get], ends: true)
    #expect(all.count == 2)
    guard case .answer = all.first, case .refused(.misshapen) = all.last else {
      Issue.record("the first is read, the second refused")
      return
    }
  }

  @Test func holdsNoMoreOfAHeadThanItMayHave() {
    let start = "HTTP/1.1 204 x\r\nX: "
    let limit = HTTPRequestReader.headLimit
    let fill = limit - start.utf8.count - 4
    var reader = HTTPResponseReader(bodyLimit: 0)
    reader.expect(.get)
    #expect(reader.take(Array((start + String(repeating: "x", count: fill) + "\r\n\r\n").utf8)).count == 1)
    for more in [
      start + String(repeating: "x", count: fill + 1) + "\r\n\r\n", start + String(repeating: "x", count: limit),
    ] {
      var reader = HTTPResponseReader(bodyLimit: 0)
      reader.expect(.get)
      #expect(reader.take(Array(more.utf8)) == [.refused(.misshapen(.headTooLong))])
    }
  }

  @Test func copiesNoBodyForEachPiece() {
    var reader = HTTPResponseReader(bodyLimit: 4 << 20)
    reader.expect(.get)
    _ = reader.take(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
    let begin = ContinuousClock.now
    // Copied for each piece it would be 128 GiB.
    for _ in 0..<(4 << 20) / 64 { _ = reader.take([UInt8](repeating: 1, count: 64)) }
    #expect(reader.end().count == 1)
    #expect(ContinuousClock.now - begin < .seconds(10))
  }

  /// What is sent here is read here.
  @Test(arguments: HTTPStatus.allCases.filter { $0 != .switchingProtocols }) func readsWhatIsWritten(
    _ status: HTTPStatus
  ) {
    var reader = HTTPResponseReader(bodyLimit: 100)
    reader.expect(.get)
    let bytes = HTTPResponse(status, text: "añb\n").encoded(answering: nil, keepsAlive: true)
    guard case .answer(let answer) = reader.take(bytes).first else {
      Issue.record("it is read")
      return
    }
    #expect(answer.status == status.rawValue)
    #expect(answer.body == Array("añb\n".utf8))
    #expect(answer.keepsAlive)
  }
}
