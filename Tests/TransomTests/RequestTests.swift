// Questions and answers between two ends in one process: each its own channel, as two programs would have.

internal import ChannelMessages
internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Testing
@testable internal import Transom

@Suite("Requests", .timeLimit(.minutes(1))) struct RequestTests {
  struct Trouble: Error, CustomStringConvertible {
    let description: String
  }

  @Test func areAnsweredByAFunctionWithTypesOfItsOwn() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "sum") { (pair: Pair) in pair.a + pair.b }
      let sum: Int = try await frontend.request("sum", Pair(a: 2, b: 3))
      #expect(sum == 5)
    }
  }

  @Test func leaveNumbersAndTheOrderOfKeysAsTheyWere() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "echo") { $0.payload }
      let text = #"{"z":1.10,"a":18446744073709551615,"n":1E400,"b":[1e2,-0]}"#.replacing("1E400", with: "1E300")
      let answer = try await frontend.request("echo", JSONText(validating: Array(text.utf8)))
      #expect(answer.description == text)
    }
  }

  @Test func failWithTheOtherSidesWords() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "break") { _ throws -> JSONText in throw Trouble(description: "no such user") }
      let error = await #expect(throws: ChannelError.self) { try await frontend.request("break") }
      #expect(error?.code == .answeredWithError)
      #expect(error?.what == "no such user")
      #expect(error?.code.exitStatus == 1)
    }
  }

  @Test func timeOutByThemselvesAndTheLateAnswerIsShownAmongTheMessages() async throws {
    try await withEnds { frontend, backend in
      let messages = frontend.messages
      let questions = backend.messages
      let error = await #expect(throws: ChannelError.self) {
        try await frontend.request("slow", timeout: .milliseconds(30))
      }
      #expect(error?.code == .timedOut)
      let question = try #require(try await questions.next())
      try await backend.send(contentsOf: [.response(to: question.id, .null)])
      let late = try #require(try await messages.next())
      #expect(late.replyTo == question.id)
    }
  }

  @Test func whoseTaskIsCancelledEndAtOnce() async throws {
    try await withEnds { frontend, backend in
      let questions = backend.messages
      let asking = Task { try await frontend.request("never", timeout: .seconds(50)) as JSONText }
      _ = try await questions.next()
      asking.cancel()
      await #expect(throws: CancellationError.self) { try await asking.value }
    }
  }

  @Test func manyAtOnceEachGetTheirOwnAnswer() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "double") { (number: Int) in 2 * number }
      try await withThrowingTaskGroup { group in
        for number in 0..<500 {
          group.addTask { (number, try await frontend.request("double", number, timeout: .seconds(30)) as Int) }
        }
        for try await (number, answer) in group { #expect(answer == 2 * number) }
      }
    }
  }

  @Test func blockACallersThreadWhereThereIsNoTask() async throws {
    try await withEnds { frontend, backend in
      backend.respondInline(to: "echo") { $0.payload }
      let answers = try await onThread { () throws -> [Int] in
        try (0..<100).map { try frontend.request("echo", $0).decode(Int.self) }
      }
      #expect(answers == Array(0..<100))
    }
  }

  @Test func fromSeveralBlockedThreadsEachGetTheirOwnAnswer() async throws {
    try await withEnds { frontend, backend in
      backend.respondInline(to: "echo") { $0.payload }
      try await withThrowingTaskGroup { group in
        for thread in 0..<4 {
          group.addTask {
            try await onThread {
              for number in 0..<200 {
                let answer: Int = try frontend.request("echo", thread * 1_000 + number)
                #expect(answer == thread * 1_000 + number)
              }
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func thatWereSentBeforeTheResponderStartedAreAnsweredOnce() async throws {
    try await withEnds { frontend, backend in
      let count = Atomic(0)
      async let answer: Int = frontend.request("late", 7, timeout: .seconds(20))
      let questions = backend.messages(from: .start)
      _ = try await questions.next()
      let first = backend.respond(to: "late") { (number: Int) in
        count.add(1, ordering: .relaxed)
        return number + 1
      }
      let answered = try await answer
      #expect(answered == 8)
      first.stop()
      // Another one that starts now finds the question answered.
      let third = try Channel(at: backend.path, as: .backend)
      third.respond(to: "late") { (number: Int) in
        count.add(1, ordering: .relaxed)
        return number + 1
      }
      third.respond(to: "other") { (number: Int) in number }
      let _: Int = try await frontend.request("other", 1)
      await third.close()
      #expect(count.load(ordering: .relaxed) == 1)
    }
  }

  @Test func goToTheExactNameBeforeAPattern() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "user.*") { (_: Message) in JSONText(integer: 1) }
      backend.respond(to: "user.get") { (_: Message) in JSONText(integer: 2) }
      let get = try await frontend.request("user.get")
      #expect(get.description == "2")
      let set = try await frontend.request("user.set")
      #expect(set.description == "1")
    }
  }

  @Test func takeNoMoreThanSixteenHandlersAtOnce() async throws {
    try await withEnds { frontend, backend in
      let running = Atomic(0)
      let highest = Atomic(0)
      let gate = Latch()
      backend.respond(to: "wait") { (number: Int) in
        let now = running.add(1, ordering: .relaxed).newValue
        highest.max(now, ordering: .relaxed)
        if now == 16 { gate.open() }
        await gate.passed()
        running.subtract(1, ordering: .relaxed)
        return number
      }
      try await withThrowingTaskGroup { group in
        for number in 0..<40 {
          group.addTask { try await frontend.request("wait", number, timeout: .seconds(30)) as Int }
        }
        var answers: Set<Int> = []
        for try await answer in group { answers.insert(answer) }
        #expect(answers == Set(0..<40))
      }
      #expect(highest.load(ordering: .relaxed) == 16)
    }
  }

  @Test func areLeftAloneWhenNoHandlerTakesThem() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "known") { (_: Message) in .null }
      let messages = backend.messages
      async let answer: JSONText = frontend.request("unknown", timeout: .seconds(20))
      let question = try #require(try await messages.next())
      #expect(question.method == "unknown")
      try await backend.send(contentsOf: [.response(to: question.id, JSONText(integer: 9))])
      let answered = try await answer
      #expect(answered.description == "9")
    }
  }

  @Test func areAnsweredBeforeCloseReturns() async throws {
    try await withEnds { frontend, backend in
      let isAsked = Latch()
      let mayAnswer = Latch()
      backend.respond(to: "slow") { (number: Int) in
        isAsked.open()
        await mayAnswer.passed()
        return number
      }
      async let answer: Int = frontend.request("slow", 5, timeout: .seconds(30))
      await isAsked.passed()
      async let closing: Void = backend.close()
      mayAnswer.open()
      await closing
      let answered = try await answer
      #expect(answered == 5)
    }
  }

  @Test func endWithAnErrorWhenTheChannelIsClosed() async throws {
    try await withEnds { frontend, backend in
      let questions = backend.messages
      let asking = Task { try await frontend.request("never", timeout: .seconds(50)) as JSONText }
      _ = try await questions.next()
      await frontend.close()
      let error = await #expect(throws: ChannelError.self) { try await asking.value }
      #expect(error?.code == .closed)
      await #expect(throws: ChannelError.self) { try await frontend.send("too late") }
    }
  }

  @Test func doNotKeepAHandlerThatClosesItsChannelWaitingForItself() async throws {
    try await withEnds { frontend, backend in
      backend.respond(to: "quit") { (number: Int) in
        await backend.close()
        return number
      }
      let answer: Int = try await frontend.request("quit", 7, timeout: .seconds(10))
      #expect(answer == 7)
    }
  }

  @Test func areAnsweredInlineByNoOtherThreadThanTheOneThatNotices() async throws {
    try await withEnds { frontend, backend in
      let watcher = backend.core.watcher
      let strangers = Atomic(0)
      let isFull = Latch()
      let gate = Latch()
      let running = Atomic(0)
      let questions = backend.messages(from: .start, includingAnswered: true)
      async let early: JSONText = frontend.request("inline", timeout: .seconds(20))
      _ = try await questions.next()
      backend.respondInline(to: "inline") { _ in
        if !watcher.isDrivingThread { strangers.add(1, ordering: .relaxed) }
        return .null
      }
      _ = try await early
      // What had to wait for a handler's end is not taken by the thread that brought it.
      backend.respond(to: "wait") { (number: Int) in
        if running.add(1, ordering: .relaxed).newValue == 16 { isFull.open() }
        await gate.passed()
        return number
      }
      try await withThrowingTaskGroup { group in
        for number in 0..<16 {
          group.addTask { _ = try await frontend.request("wait", number, timeout: .seconds(30)) as Int }
        }
        await isFull.passed()
        for _ in 0..<4 {
          group.addTask { _ = try await frontend.request("inline", timeout: .seconds(30)) as JSONText }
        }
        for _ in 0..<20 { _ = try await questions.next() }
        gate.open()
        try await group.waitForAll()
      }
      let count = strangers.load(ordering: .relaxed)
      #expect(count == 0)
    }
  }
}
