import ChannelDaemon
import ChannelLedger
import ChannelMessages
import ChannelModel
import TestSupport
import Testing

@Suite struct WorkerLinesTests {
  /// The same whole, byte by byte, and cut in two at each place.
  private func events(_ text: String, limit: Int = 1_000) -> [WorkerLines.Event] {
    let bytes = Array(text.utf8)
    var whole = WorkerLines(limit: limit)
    let events = whole.take(bytes)
    var single = WorkerLines(limit: limit)
    #expect(bytes.flatMap { single.take([$0]) } == events)
    for cut in bytes.indices {
      var parts = WorkerLines(limit: limit)
      #expect(parts.take(Array(bytes[..<cut])) + parts.take(Array(bytes[cut...])) == events)
    }
    return events
  }

  private func error(_ line: String) -> WorkerLineError? {
    guard case .malformed(let error) = events(line + "\n").first else { return nil }
    return error
  }

  @Test func readsTheThreeOutcomesInAnyOrderOfKeys() throws {
    let text = """
      {"id":"a","result":{"b": [1, 2.50]}}
      {"error":"no \\u00e4pfel","id":"b"}
       { "later" : true , "more" : [1] , "id" : "c" }\u{20}\r

      {"id":"\\u0064","result":null}

      """
    #expect(
      events(text) == [
        .answer(WorkerAnswer(id: "a", .result(try JSONText(validating: Array("{\"b\": [1, 2.50]}".utf8))))),
        .answer(WorkerAnswer(id: "b", .error("no äpfel"))),
        .answer(WorkerAnswer(id: "c", .later)),
        .answer(WorkerAnswer(id: "d", .result(.null))),
      ]
    )
  }

  @Test(arguments: [
    ("loading…", 0, WorkerLineError.Reason.json(.expectedValue), nil),
    ("[1]", 0, .notAnObject, nil),
    ("7", 0, .notAnObject, nil),
    ("{}", 0, .missing("id"), nil),
    ("{\"result\":1}", 0, .missing("id"), nil),
    ("{\"id\":\"a\"}", 0, .notOneOutcome, "a"),
    ("{\"id\":\"a\",\"result\":1,\"error\":\"b\"}", 0, .notOneOutcome, "a"),
    ("{\"id\":7,\"result\":1}", 6, .wrongValue("id"), nil),
    ("{\"id\":\"a\",\"error\":7}", 18, .wrongValue("error"), "a"),
    ("{\"id\":\"a\",\"later\":false}", 18, .wrongValue("later"), "a"),
    ("{\"id\":\"a\",\"result\":1,\"result\":1}", 21, .twice("result"), "a"),
    ("{\"id\":\"a\",\"result\":}", 19, .json(.expectedValue), "a"),
    ("{\"id\":\"a\",\"result\":1", 20, .json(.unexpectedEnd), "a"),
    ("{\"id\":\"a\",\"result\":1,}", 21, .json(.trailingComma), "a"),
    ("{\"id\":\"a\",\"result\":1} x", 22, .json(.junkAfterEnd), "a"),
    ("{\"id\":\"\\ud800\",\"result\":1}", 6, .wrongValue("id"), nil),
  ])
  func whatIsNoAnswerIsToldWithItsPlace(_ line: String, _ offset: Int, _ reason: WorkerLineError.Reason, _ id: String?)
  {
    let expected = WorkerLineError(line: 1, offset: offset, reason: reason, id: id, beginning: line.utf8)
    #expect(error(line) == expected)
  }

  @Test func whatIsNoAnswerIsQuotedAndSaysWhatToDo() {
    let line = "Loading \u{1B}[31mmodel " + String(repeating: "x", count: 100)
    #expect(
      error(line).map { "\($0)" }
        == "\"Loading \u{FFFD}[31mmodel " + String(repeating: "x", count: 41)
        + "…\" (line 1, byte 0: a value was expected); an answer is one line such as {\"id\":\"…\",\"result\":1}, "
        + "and everything else belongs on standard error"
    )
  }

  @Test func bytesThatAreNoTextAreToldWithTheirPlace() {
    var lines = WorkerLines(limit: 100)
    let line = Array("{\"id\":\"a\",\"result\":\"".utf8) + [0xFF] + Array("\"}".utf8)
    let events = lines.take(line + [0x0A])
    let error = WorkerLineError(line: 1, offset: 20, reason: .json(.invalidUTF8), id: "a", beginning: line)
    #expect(events == [.malformed(error)])
  }

  @Test func aLineTooLongIsToldOnceAndTheRestGoesOn() {
    let long = "{\"id\":\"a\",\"result\":\"" + String(repeating: "x", count: 300) + "\"}\n"
    #expect(
      events(long + "{\"id\":\"b\",\"result\":1}\n", limit: 100) == [
        .malformed(
          WorkerLineError(line: 1, offset: 100, reason: .tooLong(limit: 100), id: "a", beginning: long.utf8)
        ),
        .answer(WorkerAnswer(id: "b", .result(1))),
      ]
    )
  }

  @Test func aLineOfJustTheLimitIsTaken() {
    let line = "{\"id\":\"b\",\"result\":1}"
    #expect(events(line + "\n", limit: line.utf8.count) == [.answer(WorkerAnswer(id: "b", .result(1)))])
    #expect(events(line + " \n", limit: line.utf8.count).count == 1)
    #expect(events(line, limit: 1_000).isEmpty)
  }

  @Test func aResultThatNestsTooDeeplyIsRefused() {
    let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    var lines = WorkerLines(limit: 10_000)
    let line = Array("{\"id\":\"a\",\"result\":\(deep)}".utf8)
    let error = WorkerLineError(line: 1, offset: 531, reason: .json(.tooDeep), id: "a", beginning: line)
    #expect(lines.take(line + [0x0A]) == [.malformed(error)])
  }

  @Test func whateverIsWrittenIsReadTheSameInPieces() {
    var random = SeededGenerator(seed: 7)
    let good = Array("{\"id\":\"a\",\"result\":{\"b\":[1,\"\\u00e4\"]}}\n{\"later\":true,\"id\":\"b\"}\n\n".utf8)
    let bytes = Array("{}[]\",:\\\n\0 tf1-e\u{ff}".utf8) + [0xFF, 0xC3, 0xE2]
    for _ in 0..<3_000 {
      var text = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text[place] = bytes.randomElement(using: &random) ?? 0
        case 1: text.remove(at: place)
        default: text.insert(bytes.randomElement(using: &random) ?? 0, at: place)
        }
      }
      let limit = Int.random(in: 1...60, using: &random)
      var whole = WorkerLines(limit: limit)
      var pieces = WorkerLines(limit: limit)
      let cut = Int.random(in: 0...text.count, using: &random)
      let events = whole.take(text)
      #expect(pieces.take(Array(text[..<cut])) + pieces.take(Array(text[cut...])) == events)
      for case .malformed(let error) in events { #expect((0...limit).contains(error.offset)) }
    }
  }

  @Test func aMessageIsHandedOverOnOneLineWithWhereItCameFrom() throws {
    let forged = try #require(MessageField(name: "channel", value: "forged"))
    let other = try #require(MessageField(name: "trace", value: try JSONText(validating: Array("[1,\n2]".utf8))))
    let message = Message(
      id: "7",
      timestamp: 12,
      kind: .request,
      method: "sum",
      payload: try JSONText(validating: Array("{ \"a\":\n1 }".utf8)),
      unknownFields: [forged, other]
    )
    let job = HandlerJob(channel: "x", path: "/c/x\n", direction: .frontendToBackend, message: message)
    #expect(
      String(decoding: WorkerLines.line(for: job), as: UTF8.self)
        == "{\"id\":\"7\",\"timestamp\":12,\"type\":\"request\",\"method\":\"sum\",\"payload\":{\"a\":1},\"trace\":[1,2],"
        + "\"channel\":\"/c/x\\n\",\"direction\":\"frontend_to_backend\"}\n"
    )
  }
}

@Suite struct HandlerFailureTests {
  @Test func isOneHarmlessLine() {
    let failure = HandlerFailure(.answeredError("a\u{1b}[31m\nb\u{202E}c\u{2028}d"))
    #expect(failure.description == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}c\u{FFFD}d")
    #expect(HandlerFailure(.answeredError(String(repeating: "x", count: 5_000))).description.count == 1_001)
    #expect(HandlerFailure(.exited(3), lastWords: "no disk").description == "the handler ended with status 3: no disk")
  }

  @Test func isWhatARequestIsAnswered() {
    #expect(HandlerOutcome.answer(7).requestOutcome == .result(7))
    #expect(HandlerOutcome.later.requestOutcome == nil)
    #expect(
      HandlerOutcome.failed(HandlerFailure(.signalled(9))).requestOutcome
        == .error("the handler was ended by signal 9")
    )
  }

  @Test func tellsWhatMayFareBetterAnotherTime() {
    #expect(HandlerFailure(.workerEnded("ended with status 1")).isWorthAnotherTry)
    #expect(!HandlerFailure(.exited(1)).isWorthAnotherTry)
  }
}
