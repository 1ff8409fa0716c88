internal import ChannelWires

extension FuzzTarget {
  /// A connection of HTTP as its client reads it: the first byte says where the rest is cut in two, and by its lowest
  /// four bits which of four requests were HEAD.
  ///
  /// Memory: an answer that only says that one is to come has sixteen bytes, and costs a buffer for its head, which
  /// doubles as it grows.
  static let responses = FuzzTarget(
    name: "responses",
    maximumLength: 1_024,
    allocationBase: 128 << 10,
    allocationPerByte: 512,
    seeds: ["http-answers"]
  ) { bytes in
    guard let first = bytes.first else { return }
    let text = uncounted { Array(bytes.dropFirst()) }
    var whole = answerReader(first)
    let events = whole.take(text)
    uncounted {
      let cut = min(Int(first), text.count)
      var parts = answerReader(first)
      check(parts.take(Array(text[..<cut])) + parts.take(Array(text[cut...])) == events, "a cut changes nothing")
      var single = answerReader(first)
      check(text.flatMap { single.take([$0]) } == events, "pieces change nothing")
      check(single.isWaiting == whole.isWaiting && parts.isWaiting == whole.isWaiting, "it ends where it ended")
      check(single.isSwitched == whole.isSwitched, "it is what it was")
      checkAnswers(events, first)
      let ends = whole.end()
      check(ends == single.end() && ends == parts.end(), "it ends as it ended")
      let rest = whole.takeRest()
      check(rest == single.takeRest() && rest == parts.takeRest(), "what follows is what followed")
      check(rest == Array(text.suffix(rest.count)), "what follows is the rest")
      checkAnswers(events + ends, first)
      check(whole.take(text).isEmpty && whole.end().isEmpty, "nothing follows the end")
    }
  }

  private static func answerReader(_ first: UInt8) -> HTTPResponseReader {
    var reader = HTTPResponseReader(bodyLimit: 64)
    for place in 0..<4 { reader.expect(first >> place & 1 == 1 ? .head : .get) }
    return reader
  }

  private static func checkAnswers(_ events: [HTTPResponseReader.Event], _ first: UInt8) {
    check(events.count <= 5, "nothing is read that nobody asked for")
    check(events.dropLast().allSatisfy { if case .answer = $0 { true } else { false } }, "a refusal is the last")
    for (place, event) in events.enumerated() {
      guard case .answer(let answer) = event else { continue }
      check(answer.body.count <= 64, "the limit holds")
      check((200...999).contains(answer.status) || answer.status == 101, "a status has three digits")
      let lengths = answer.values(of: "Content-Length")
      let isChunked = !answer.values(of: "Transfer-Encoding").isEmpty
      check(lengths.count + (isChunked ? 1 : 0) <= 1, "a length is said once")
      let hasNoBody = first >> place & 1 == 1 || answer.status == 204 || answer.status == 304 || answer.status < 200
      check(!hasNoBody || answer.body.isEmpty, "there is no body where there is none")
      if !hasNoBody, let length = lengths.first {
        check(Int(length) == answer.body.count, "a body is as long as it says")
      }
      if !hasNoBody, lengths.isEmpty, !isChunked {
        check(!answer.keepsAlive, "a body that ends with the stream is last")
      }
      check(answer.headers.allSatisfy { HTTPHeader($0.name, $0.value) == $0 }, "what was read can be written")
    }
  }
}
