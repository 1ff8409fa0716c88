// Several questions by one append.

internal import ChannelMessages
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("Questions that are asked together", .timeLimit(.minutes(1))) struct AskingTests {
  private static func question(_ method: String, _ payload: JSONText, timeout: Duration = .seconds(20)) -> Question {
    Question(method, payload, fields: [], timeout: timeout)
  }

  @Test func eachGetTheirOwnAnswer() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "next") { (number: Int) in number + 1 }
      let sent = try await frontend.ask((0..<100).map { Self.question("next", JSONText(integer: $0)) })
      for number in (0..<100).reversed() {
        #expect(try await sent[number].payload() == JSONText(integer: number + 1))
      }
    }
  }

  @Test func areSentAllOrNone() async throws {
    try await withEnds { frontend, backend in
      let messages = backend.messages
      let tooLarge = try JSONText(validating: Array("\"\(String(repeating: "x", count: 65 << 20))\"".utf8))
      await #expect(throws: ChannelError.self) {
        _ = try await frontend.ask([Self.question("first", 1), Self.question("second", tooLarge)])
      }
      try await frontend.send("after", 2)
      #expect(try await messages.next()?.method == "after")
    }
  }

  @Test func timeOutEachByItself() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "quick") { (number: Int) in number }
      let sent = try await frontend.ask([
        Self.question("slow", 1, timeout: .milliseconds(30)), Self.question("quick", 2),
      ])
      let error = await #expect(throws: ChannelError.self) { _ = try await sent[0].payload() }
      #expect(error?.code == .timedOut)
      #expect(try await sent[1].payload() == 2)
    }
  }
}
