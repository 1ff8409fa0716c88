import ChannelDaemon
import ChannelMessages
import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A handler that keeps a worker running", .timeLimit(.minutes(2))) struct WorkerHandlerTests {
  private func reason(_ outcome: HandlerOutcome?) -> HandlerFailure.Reason? { outcome?.failure?.reason }

  @Test func answersEachMessageByOneProcess() async throws {
    try await withHandler(.worker("plain")) { giver in
      for number in 0..<10 {
        let payload = JSONText(integerLiteral: Int64(number))
        #expect(await giver.outcome("\(number)", payload) == .answer(payload))
      }
      #expect(await giver.outcome("event", ["a": 1], kind: .event) == .answer(.null))
      #expect(await giver.pids.count == 1)
    }
  }

  @Test func saysWhereAMessageCameFrom() async throws {
    try await withHandler(.worker("where")) { giver in
      let forged = try #require(MessageField(name: "channel", value: "forged"))
      try await giver.give("1", unknownFields: [forged])
      await giver.untilOutcomes(1)
      #expect(
        await giver["1"] == .answer([["channel": "/channels/demo"], ["direction": "frontend_to_backend"]])
      )
    }
  }

  @Test func mayAnswerOutOfOrder() async throws {
    try await withHandler(.worker("backwards", concurrency: 4)) { giver in
      for number in 0..<8 { try await giver.give("\(number)", JSONText(integerLiteral: Int64(number))) }
      await giver.untilOutcomes(8)
      #expect(await giver.outcomes.map(\.id) == ["3", "2", "1", "0", "7", "6", "5", "4"])
      for number in 0..<8 { #expect(await giver["\(number)"] == .answer(JSONText(integerLiteral: Int64(number)))) }
    }
  }

  @Test func mayAskForLaterOrFail() async throws {
    try await withHandler(.worker("by-word")) { giver in
      #expect(await giver.outcome("1", "later") == .later)
      let failed = await giver.outcome("2", "error")
      #expect(reason(failed) == .answeredError("no \u{1b}[31mnumbers"))
      #expect(failed?.failure?.description == "no \u{FFFD}[31mnumbers")
      #expect(await giver.outcome("3", "well") == .answer("well"))
    }
  }

  @Test func thatAnswersTwiceOrUnaskedIsHeardOnce() async throws {
    try await withHandler(.worker("twice")) { giver in
      for number in 0..<5 { #expect(await giver.outcome("\(number)", 1) == .answer(1)) }
      #expect(await giver.outcomes.count == 5)
      #expect(Set(await giver.unasked).isSuperset(of: ["0", "1", "nobody"]))
    }
  }

  @Test func mayWriteHalfLines() async throws {
    try await withHandler(.worker("halves", concurrency: 4)) { giver in
      for number in 0..<20 { try await giver.give("\(number)", ["key": "value"]) }
      await giver.untilOutcomes(20)
      #expect(await giver.outcomes.allSatisfy { $0.outcome == .answer(["key": "value"]) })
    }
  }

  @Test func thatBabblesFailsTheMessageItNamed() async throws {
    try await withHandler(.worker("babble")) { giver in
      let outcome = await giver.outcome("1")
      let line = #"{"id":"1","result":}"#
      let error = WorkerLineError(line: 2, offset: 19, reason: .json(.expectedValue), id: "1", beginning: line.utf8)
      #expect(reason(outcome) == .malformedLine(error))
      await giver.until { $0.malformed.count == 3 }
      #expect(await giver.malformed.map(\.line) == [1, 2, 4])
    }
  }

  /// Whoever asked need not wait until the time is over.
  @Test func thatWritesSomethingElseFailsTheOneMessageThatItHas() async throws {
    try await withHandler(.worker("talk")) { giver in
      for number in 1...2 {
        let line = "working on it"
        let error = WorkerLineError(
          line: number,
          offset: 0,
          reason: .json(.expectedValue),
          id: nil,
          beginning: line.utf8
        )
        #expect(reason(await giver.outcome("\(number)")) == .malformedLine(error))
      }
      #expect(await giver.pids.count == 1)
    }
  }

  @Test func thatAnswersAtTooGreatLengthFailsThatMessage() async throws {
    var setting = try HandlerSetting.worker("too-long")
    setting.outputLimit = 50_000
    try await withHandler(setting) { giver in
      #expect(reason(await giver.outcome("1")) == .tooMuchOutput(limit: 50_000))
      #expect(reason(await giver.outcome("2")) == .tooMuchOutput(limit: 50_000))
      #expect(await giver.pids.count == 1)
    }
  }

  @Test func thatFloodsIsEnded() async throws {
    var setting = try HandlerSetting.worker("flood")
    setting.timeLimit = .seconds(60)
    try await withHandler(setting) { giver in
      guard case .malformedLine(let error) = reason(await giver.outcome("1")) else {
        Issue.record("it is not told what was written")
        return
      }
      #expect(error.line == 1 && error.beginning == "spam spam spam")
      await giver.until { !$0.pauses.isEmpty }
      #expect(await giver.malformed.count < 200)
    }
  }

  @Test func thatDiesWithFiveInItsHandsIsReplaced() async throws {
    try await withHandler(.worker("die-at-5", concurrency: 5)) { giver in
      // Four are answered, the fifth is what it dies of.
      for number in 0..<5 { try await giver.give("\(number)", 1) }
      await giver.untilOutcomes(5)
      #expect(reason(await giver["4"]) == .workerEnded("was ended by signal 11"))
      #expect(await giver["4"]?.failure?.isWorthAnotherTry == true)
      #expect(await giver.outcome("again", 2) == .answer(2))
      #expect(await giver.pids.count == 2)
    }
    try await withHandler(.worker("by-word", concurrency: 5)) { giver in
      for number in 0..<5 { try await giver.give("\(number)", "silence") }
      let pid = try #require(await giver.pids.first)
      kill(pid, SIGKILL)
      await giver.untilOutcomes(5)
      for number in 0..<5 { #expect(reason(await giver["\(number)"]) == .workerEnded("was ended by signal 9")) }
      #expect(await giver.outcomes.map(\.id) == (0..<5).map(String.init))
      #expect(await giver.outcome("again", 2) == .answer(2))
    }
  }

  @Test func thatDiesAgainAndAgainIsStartedLaterAndLater() async throws {
    try await withHandler(.worker("answer-then-die")) { giver in
      for number in 0..<5 {
        #expect(await giver.outcome("\(number)", 1) == .answer(1))
        // Or the next one gets into the hands of one that is about to die.
        await giver.until { $0.pauses.count > number }
      }
      let pauses = await giver.pauses
      for (pause, wanted) in zip(pauses, [20, 40, 80, 160, 200] as [Int64]) {
        #expect(pause <= .milliseconds(wanted) && pause > .milliseconds(wanted) * 0.7)
      }
    }
  }

  @Test func thatHangsIsEndedAndReplaced() async throws {
    var setting = try HandlerSetting.worker("by-word", concurrency: 3)
    setting.timeLimit = .seconds(1)
    try await withHandler(setting) { giver in
      try await giver.give("first", "first")
      try await giver.give("hang", "hang")
      await giver.untilOutcomes(2)
      let pid = try #require(await giver.pids.first)
      #expect(await giver["first"] == .answer("first"))
      #expect(reason(await giver["hang"]) == .timedOut(after: .seconds(1)))
      #expect(isGone(pid))
      #expect(await giver.outcome("again", 1) == .answer(1))
    }
  }

  @Test func whoWasInFlightBesideAHangingOneFailsWithTheWorker() async throws {
    var setting = try HandlerSetting.worker("by-word", concurrency: 2)
    setting.timeLimit = .seconds(2)
    setting.rate = 1
    try await withHandler(setting) { giver in
      try await giver.give("hang", "hang")
      // A second later, by the rate.
      try await giver.give("beside", "beside")
      await giver.untilOutcomes(2)
      #expect(reason(await giver["hang"]) == .timedOut(after: .seconds(2)))
      #expect(reason(await giver["beside"]) == .workerEnded("was ended by signal 15"))
    }
  }

  @Test func thatNeverReadsIsGivenNoMoreThanItsPipeHolds() async throws {
    var setting = try HandlerSetting.worker("deaf", concurrency: 100)
    setting.timeLimit = .seconds(2)
    try await withHandler(setting) { giver in
      let large = JSONText(stringLiteral: String(repeating: "x", count: 100_000))
      for number in 0..<20 { try await giver.give("\(number)", large) }
      await giver.until { $0.endCount == 1 }
      let told = await giver.outcomes
      // Some 320 KiB were in its pipe or on the way, and one more message waited for that.
      #expect((3...8).contains(told.count))
      #expect(reason(await giver["0"]) == .timedOut(after: .seconds(2)))
    }
  }

  @Test func thatReadsNoMoreIsReplaced() async throws {
    var setting = try HandlerSetting.worker("plain", concurrency: 3)
    setting.command = ["sh", "-c", "read -r line; exec <&-; tail -f /dev/null"]
    try await withHandler(setting) { giver in
      let large = JSONText(stringLiteral: String(repeating: "x", count: 200_000))
      for number in 0..<3 { try await giver.give("\(number)", large) }
      await giver.until { $0["0"] != nil }
      #expect(reason(await giver["0"]) == .workerEnded("was ended by signal 15"))
    }
  }

  @Test func thatLeavesSomebodyWithItsPipesIsReplacedAllTheSame() async throws {
    var setting = try HandlerSetting.worker("plain")
    setting.command = ["sh", "-c", "tail -f /dev/null & echo $! >&2; read -r line; exit 3"]
    try await withHandler(setting) { giver in
      let outcome = await giver.outcome("1")
      #expect(reason(outcome) == .workerEnded("ended with status 3"))
      let left = try #require(outcome?.failure.flatMap { Int32($0.lastWords) })
      try await eventually { isGone(left) }
    }
  }

  @Test func diesWithWhoeverLetsGoOfTheHandler() async throws {
    try await withLoop { loop in
      let giver = Giver(on: loop)
      await giver.open(try .worker("stubborn"))
      #expect(await giver.outcome("1", 1) == .answer(1))
      let pid = try #require(await giver.pids.first)
      await giver.letGo()
      try await eventually { isGone(pid) }
    }
  }

  @Test func thatCannotBeStartedLetsMessagesWaitForTheirTimeOnly() async throws {
    try await withScratchDirectory { folder in
      var setting = try HandlerSetting.worker("plain")
      setting.command[0] = folder + "/worker"
      setting.timeLimit = .milliseconds(1_500)
      let peer = try ProcessRun.peer
      try await withHandler(setting) { giver in
        await giver.prepare()
        #expect(await giver.pauses.count == 1)
        let why = "\(folder)/worker: cannot be run: No such file or directory"
        #expect(reason(await giver.outcome("1", 1)) == .cannotStart(why))
        // It comes while a message waits.
        try await giver.give("2", 2)
        #expect(unsafe symlink(peer, folder + "/worker") == 0)
        await giver.untilOutcomes(2)
        #expect(await giver["2"] == .answer(2))
      }
    }
  }

  @Test func twoMessagesOfOneIdAreNotTakenForEachOther() async throws {
    try await withHandler(.worker("backwards", concurrency: 4)) { giver in
      try await giver.give("same", "a", channel: "one")
      try await giver.give("same", "b", channel: "two")
      for number in 0..<6 { try await giver.give("\(number)", "c") }
      await giver.untilOutcomes(8)
      let same = await giver.outcomes.filter { $0.id == "same" }.map(\.outcome)
      #expect(same == [.answer("a"), .answer("b")])
    }
  }

  @Test func thatWillNotEndIsKilledWhenItDrains() async throws {
    try await withLoop { loop in
      let giver = Giver(on: loop)
      await giver.open(try .worker("stubborn", concurrency: 2))
      #expect(await giver.outcome("1", 1) == .answer(1))
      let pid = try #require(await giver.pids.first)
      await giver.drain(within: .milliseconds(100))
      #expect(isGone(pid))
    }
  }

  @Test func answersWhatItHasWhenItDrains() async throws {
    try await withLoop { loop in
      let giver = Giver(on: loop)
      await giver.open(try .worker("plain", concurrency: 100))
      for number in 0..<100 { try await giver.give("\(number)", 1) }
      await giver.drain()
      let outcomes = await giver.outcomes
      #expect(Set(outcomes.map(\.id)).count == 100)
      #expect(outcomes.count == 100)
      // A worker that was told that nothing comes ends by itself.
      let ends = await giver.notices.compactMap { if case .ended(_, let end) = $0 { end } else { nil } }
      #expect(ends == [ChildEnd(end: .exited(0), cause: .itself, droppedOutput: 0, droppedErrors: 0)])
    }
  }
}
