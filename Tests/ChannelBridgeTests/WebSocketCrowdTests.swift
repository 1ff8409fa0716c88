import ChannelWires
import TestSupport
import Testing

/// What tells whether many clients got all events: a checker that finds nothing wrong has to be able to.
@Suite("A crowd of clients", .timeLimit(.minutes(1))) struct WebSocketCrowdTests {
  /// What a server writes to each of two clients that wait for events 0, 1 and 2, and what the crowd makes of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let code: Int32
    let words: String
    var leaves = false

    /// Of these events.
    init(_ name: String, _ numbers: [Int], _ code: Int32, _ words: String, then more: WebSocketFrame? = nil) {
      testDescription = name
      bytes = numbers.flatMap { Self.event($0) } + (more?.encoded(mask: nil) ?? [])
      (self.code, self.words) = (code, words)
    }

    init(_ name: String, bytes: [UInt8], _ code: Int32, _ words: String, leaves: Bool = false) {
      testDescription = name
      (self.bytes, self.code, self.words, self.leaves) = (bytes, code, words, leaves)
    }

    /// One whose text is at least so long.
    static func event(_ number: Int, atLeast count: Int = 0) -> [UInt8] {
      let method = String(repeating: "x", count: count)
      return text(#"{"id":"\#(number)","type":"event","method":"\#(method)","payload":\#(number)}"#)
    }

    static func text(_ text: String) -> [UInt8] { WebSocketFrame.text(Array(text.utf8)).encoded(mask: nil) }
  }

  private static let cases: [Case] = [
    Case("all", [0, 1, 2], 0, ", 0 wrong;"),
    Case(
      "lengths of all widths",
      bytes: (0..<3).flatMap { Case.event($0, atLeast: [0, 126, 65_536][$0]) },
      0,
      ", 0 wrong;"
    ),
    Case("one left out", [0, 2], 1, ", 2 wrong;"),
    Case("the first left out", [1, 2], 1, ", 2 wrong;"),
    Case("the last left out", [0, 1], 1, "nothing has come for 1 s: 2 of 2 clients are in, and 0 have all 3 events"),
    Case("one twice", [0, 1, 1, 2], 1, ", 2 wrong;"),
    Case("the last twice", [0, 1, 2, 2], 1, ", 2 wrong;"),
    Case("two the wrong way round", [0, 2, 1], 1, ", 4 wrong;"),
    Case("one that nobody sent", [0, 1, 2, 3], 1, ", 2 wrong;"),
    Case(
      "a fraction",
      bytes: Case.event(0) + Case.text(#"{"payload":1.5}"#) + Case.event(1) + Case.event(2),
      1,
      ", 2 wrong;"
    ),
    Case("a close", [0, 1], 1, "it was closed with 1001: \"so long\"", then: .close(.goingAway, reason: "so long")),
    Case("a close behind all", [0, 1, 2], 1, "with 3 of 3 events: it was closed with 1001", then: .close(.goingAway)),
    Case("an end", bytes: Case.event(0), 1, "with 1 of 3 events: the door has left it without a word", leaves: true),
    Case("a binary message", [0], 1, "a frame that is no text, with the opcode 2", then: .binary([1])),
    Case("a mask", bytes: WebSocketFrame.text([0x7B]).encoded(mask: 1), 1, "the door wrote a frame with a mask"),
    Case("a part", bytes: [0x01, 0x01, 0x7B], 1, "the door wrote a message in parts"),
    Case("more than it takes", bytes: [0x81, 0x7F] + [UInt8](repeating: 0xFF, count: 8), 1, "longer than any"),
  ]

  @Test(arguments: cases, [1, 1 << 20]) func findsWhatIsWrong(_ each: Case, _ piece: Int) async throws {
    // Byte by byte only what is short.
    let piece = max(piece, each.bytes.count / 1_000)
    let (code, output) = try await Self.run { guests in
      for guest in guests {
        for begin in stride(from: 0, to: each.bytes.count, by: piece) {
          // It may have found enough already.
          guard (try? guest.send(each.bytes[begin..<min(begin + piece, each.bytes.count)])) != nil else { break }
        }
        if each.leaves { guest.finish() }
      }
    }
    #expect(code == each.code && output.contains(each.words), "\(output)")
  }

  @Test func answersAPing() async throws {
    let (code, output) = try await Self.run { guests in
      for guest in guests {
        try guest.send(WebSocketFrame.ping(Array("Hello".utf8)).encoded(mask: nil))
        #expect(try guest.receive(exactly: 11) == WebSocketFrame.pong(Array("Hello".utf8)).encoded(mask: 0x37FA_213D))
        for number in 0..<3 { try guest.send(Case.event(number)) }
      }
    }
    #expect(code == 0, "\(output)")
  }

  @Test func saysThatNobodyIsThereOrLetsItIn() async throws {
    let listener = try RawSocket(listeningAtPort: 0)
    let words = [try ProcessRun.crowd, "\(listener.port)", "/", "1", "1", "1"]
    let crowd = try ProcessRun(words)
    let guest = try await ThreadExecutor.run { try listener.accept() }
    try guest.send("HTTP/1.1 403 Forbidden\r\n\r\n")
    let (code, output) = withExtendedLifetime(guest) { crowd.finish() }
    #expect(code == 1 && output.contains("it was not let in at /: \"HTTP/1.1 403 Forbidden\""), "\(output)")
    listener.shut()
    let (refused, text) = try await ThreadExecutor.run { try ProcessRun(words).finish() }
    #expect(refused == 1 && text.contains("Connection refused; does a door listen there?"), "\(text)")
  }

  /// Lets two clients in, has them told something, and answers what the crowd says of it when it ends.
  private static func run(
    _ body: @Sendable ([RawSocket]) throws -> Void
  ) async throws -> (code: Int32, output: String) {
    try await ThreadExecutor.run {
      let listener = try RawSocket(listeningAtPort: 0)
      let crowd = try ProcessRun([try ProcessRun.crowd, "\(listener.port)", "/socket", "2", "3", "1"])
      let guests = try (0..<2).map { _ in
        let guest = try listener.accept()
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
          let byte = try guest.receive(atMost: 1)
          guard !byte.isEmpty else { throw Talker.Silence() }
          head += byte
        }
        #expect(String(decoding: head, as: UTF8.self).hasPrefix("GET /socket HTTP/1.1\r\n"))
        try guest.send("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
        return guest
      }
      #expect(crowd.line() == "ready")
      try body(guests)
      return withExtendedLifetime(guests) { crowd.finish() }
    }
  }
}
