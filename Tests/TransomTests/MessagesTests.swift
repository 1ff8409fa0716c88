// What one end sends, as the other gets it.

internal import ChannelMessages
internal import TestSupport
internal import Testing
internal import Transom

@Suite("Messages", .timeLimit(.minutes(1))) struct MessagesTests {
  @Test func comeInOrderWithWhatWasSent() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      for number in 0..<1_000 { try await backend.send("count", number) }
      for number in 0..<1_000 {
        let message = try #require(try await messages.next())
        #expect(message.kind == .event && message.method == "count")
        #expect(try message.payload.decode(Int.self) == number)
      }
    }
  }

  @Test func carryTheIdThatTheSenderGot() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      let receipt = try await backend.send("hello")
      let message = try #require(try await messages.next())
      #expect(message.id == receipt.id)
      #expect(receipt.number == 1)
    }
  }

  @Test func ofNowBeginWithTheMomentOfAsking() async throws {
    try await withEnds { frontend, backend in
      try await backend.send("before")
      let later = frontend.messages
      let all = frontend.messages(from: .start)
      try await backend.send("after")
      #expect(try await later.next()?.method == "after")
      #expect(try await all.next()?.method == "before")
      #expect(try await all.next()?.method == "after")
    }
  }

  @Test func ofABatchComeTogetherInItsOrder() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      let receipts = try await backend.send(contentsOf: (0..<300).map { .event("n", JSONText(integer: $0)) })
      #expect(receipts.map(\.number) == Array(1...300))
      for number in 0..<300 { #expect(try await messages.next()?.payload.description == "\(number)") }
    }
  }

  @Test func keepKeysThatTheProtocolDoesNotKnow() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      let field = try #require(MessageField(name: "trace", value: JSONText(integer: 12)))
      try await backend.send(contentsOf: [.event("traced", .null, fields: [field])])
      #expect(try await messages.next()?.unknownFields == [field])
    }
  }

  @Test func goToEveryStreamAndEveryProgram() async throws {
    try await withEnds { frontend, backend in
      let other = try Channel(at: frontend.path, as: .frontend)
      let streams = [frontend.messages, frontend.messages, other.messages]
      try await backend.send("all")
      for stream in streams { #expect(try await stream.next()?.method == "all") }
      await other.close()
    }
  }

  @Test func areNotShownToTheSideThatSentThem() async throws {
    try await withEnds { frontend, backend in
      let own = backend.messages(from: .start)
      try await backend.send("mine")
      try await frontend.send("theirs")
      #expect(try await own.next()?.method == "theirs")
    }
  }

  @Test func reachAThreadThatBlocks() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      async let received: [String] = onThread {
        var names: [String] = []
        while names.count < 100, let message = try messages.next() { names.append(message.method ?? "") }
        return names
      }
      for number in 0..<100 { try await backend.send("n\(number)") }
      let names = try await received
      #expect(names == (0..<100).map { "n\($0)" })
    }
  }

  @Test func letABlockedThreadGoWhenTheTimeIsUpOrTheChannelIsClosed() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      let none = try await onThread { try messages.next(within: .milliseconds(20)) }
      #expect(none == nil)
      async let ended: Message? = onThread { try messages.next() }
      await frontend.close()
      let last = try await ended
      #expect(last == nil)
    }
  }

  @Test func endTheLoopWhenTheChannelIsClosed() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      async let count: Int = {
        var count = 0
        for try await _ in messages { count += 1 }
        return count
      }()
      await frontend.close()
      _ = try await count
    }
  }

  @Test func endTheWaitWhenTheTaskIsCancelled() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      let waiting = Task { try await messages.next() }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
      try await backend.send("still here")
      #expect(try await messages.next()?.method == "still here")
    }
  }

  @Test func thatA10ProgramCouldNeverReadAreNotSent() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      let deep = String(repeating: "[", count: 126) + String(repeating: "]", count: 126)
      for text in [deep, "1e400", #""\ud800""#] {
        let payload = try JSONText(validating: Array(text.utf8))
        let error = await #expect(throws: ChannelError.self) { try await backend.send("bad", payload) }
        #expect(error?.code == .wouldPoisonPeer)
      }
      try await backend.send("good")
      #expect(try await messages.next()?.method == "good")
    }
  }

  @Test func ofMoreThanABatchHoldsAreRefusedWhole() async throws {
    try await withEnds { frontend, backend in
      let error = await #expect(throws: ChannelError.self) {
        try await backend.send(contentsOf: (0..<1_025).map { .event("n", JSONText(integer: $0)) })
      }
      #expect(error?.code == .tooLarge && error?.hint == "send them in several batches")
      let messages = frontend.messages(from: .start)
      try await backend.send("only")
      #expect(try await messages.next()?.method == "only")
    }
  }

  @Test func arriveWherePollingIsForced() async throws {
    try await withEnds(options: ChannelOptions(watching: .polling)) { frontend, backend in
      let messages = frontend.messages
      backend.respond(to: "echo") { (_: Message) in JSONText(integer: 1) }
      for number in 0..<20 { try await backend.send("n\(number)") }
      for number in 0..<20 { #expect(try await messages.next()?.method == "n\(number)") }
      let answer = try await frontend.request("echo")
      #expect(answer.description == "1")
    }
  }

  @Test func reachATaskOnTheWatchersOwnThread() async throws {
    try await withEnds { frontend, backend in
      backend.respondInline(to: "echo") { $0.payload }
      try await withTaskExecutorPreference(frontend.executor) {
        for number in 0..<200 {
          let answer: Int = try await frontend.request("echo", number)
          #expect(answer == number)
        }
      }
    }
  }
}
