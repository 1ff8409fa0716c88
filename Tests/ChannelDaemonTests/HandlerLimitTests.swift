import ChannelDaemon
import ChannelMessages
import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("The limits of a handler", .timeLimit(.minutes(2))) struct HandlerLimitTests {
  @Test func neverRunsMoreAtOnceThanItMay() async throws {
    try await withScratchDirectory { folder in
      var setting = HandlerSetting.shell("mkdir $TRANSOM_ID; ls | wc -l; rmdir $TRANSOM_ID")
      setting.directory = folder
      setting.concurrency = 3
      try await withHandler(setting) { giver in
        for number in 0..<60 { try await giver.give("\(number)") }
        await giver.untilOutcomes(60)
        var most: Int64 = 0
        for (_, outcome) in await giver.outcomes {
          guard case .answer(let count) = outcome else {
            Issue.record("\(outcome)")
            continue
          }
          most = max(most, Int64(count.description) ?? .max)
        }
        #expect((1...3).contains(most))
      }
    }
  }

  @Test func runsInOrderWhenItRunsOneAtATime() async throws {
    try await withHandler(.shell("true")) { giver in
      for number in 0..<30 { try await giver.give("\(number)", kind: .event) }
      await giver.untilOutcomes(30)
      #expect(await giver.outcomes.map(\.id) == (0..<30).map(String.init))
    }
  }

  @Test(arguments: [HandlerSetting.Manner.run, .worker])
  func keepsToItsRate(_ manner: HandlerSetting.Manner) async throws {
    var setting = manner == .run ? .shell("true") : try HandlerSetting.worker("plain", concurrency: 8)
    setting.concurrency = 8
    setting.rate = 40
    try await withHandler(setting) { giver in
      let start = ContinuousClock.now
      for number in 0..<21 { try await giver.give("\(number)") }
      await giver.untilOutcomes(21)
      let took = ContinuousClock.now - start
      // The bucket holds two: nineteen more take 19/40 of a second.
      #expect(took >= .milliseconds(470))
      #expect(took < .seconds(20))
    }
  }

  @Test func refusesWhenTooManyWaitAndTellsWhenThereIsRoom() async throws {
    var setting = HandlerSetting.shell("read -r x; echo 1")
    setting.rate = 5
    try await withHandler(setting, mostWaiting: 4) { giver in
      var taken = 0
      while await giver.canTake {
        try await giver.give("\(taken)")
        taken += 1
      }
      #expect(await giver.isRefusedWhenFull("never"))
      #expect(taken >= 4)
      await giver.until { $0.roomCount > 0 }
      #expect(await giver.canTake)
      try await giver.give("more")
      await giver.untilOutcomes(taken + 1)
      #expect(Set(await giver.outcomes.map(\.id)).count == taken + 1)
    }
  }

  @Test func drainsLettingThoseRunOnThatRun() async throws {
    try await withScratchDirectory { folder in
      #expect(unsafe mkfifo(folder + "/go", 0o600) == 0)
      var setting = HandlerSetting.shell("echo begun >&2; read -r x <go; echo 1")
      setting.directory = folder
      try await withLoop { loop in
        let giver = Giver(on: loop)
        await giver.open(setting)
        for number in 0..<3 { try await giver.give("\(number)") }
        await giver.until { $0.lines.contains("begun") }
        await giver.beginToDrain(within: .seconds(60))
        await giver.untilOutcomes(2)
        #expect(await giver["1"] == .returned)
        #expect(await giver["2"] == .returned)
        await #expect(throws: HandlerRefusal.draining) { try await giver.give("late") }
        #expect(await !giver.isDrained)
        RawFiles.write("now\n", to: folder + "/go")
        await giver.until { $0.isDrained }
        #expect(await giver["0"] == .answer(1))
        #expect(await giver.outcomes.count == 3)
      }
    }
  }

  @Test func drainsWithinItsLimitWhateverRuns() async throws {
    try await withLoop { loop in
      let giver = Giver(on: loop)
      await giver.open(.shell("trap '' TERM; echo begun >&2; tail -f /dev/null"))
      try await giver.give("1")
      await giver.until { $0.lines.contains("begun") }
      let start = ContinuousClock.now
      await giver.drain(within: .milliseconds(100))
      let took = ContinuousClock.now - start
      // The limit and the grace.
      #expect(took >= .milliseconds(200) && took < .seconds(20))
      #expect(await giver["1"] == .failed(HandlerFailure(.cancelled, lastWords: "begun")))
      let pid = try #require(await giver.pids.first)
      #expect(isGone(pid))
    }
  }

  @Test func whoEndsInTimeWhenToldToIsDoneWithIt() async throws {
    try await withLoop { loop in
      let giver = Giver(on: loop)
      var setting = HandlerSetting.shell("trap 'exit 75' TERM; echo begun >&2; tail -f /dev/null & wait")
      setting.grace = .seconds(60)
      await giver.open(setting)
      try await giver.give("1")
      await giver.until { $0.lines.contains("begun") }
      await giver.drain(within: .zero)
      #expect(await giver["1"] == .later)
    }
  }

  @Test(arguments: [HandlerSetting.Manner.run, .worker])
  func drainsAtOnceWhenNothingRuns(_ manner: HandlerSetting.Manner) async throws {
    try await withLoop { loop in
      let giver = Giver(on: loop)
      await giver.open(manner == .run ? .shell("true") : try .worker("plain"))
      await giver.prepare()
      await giver.drain()
      #expect(await giver.endCount == (manner == .run ? 0 : 1))
      await #expect(throws: HandlerRefusal.draining) { try await giver.give("late") }
    }
  }

  @Test func tellsWhatItDoes() async throws {
    try await withHandler(.shell("echo hello >&2; exit 2")) { giver in
      _ = await giver.outcome("1", kind: .event)
      let notices = await giver.notices
      #expect(notices.count == 4)
      let pid = try #require(await giver.pids.first)
      guard case .started = notices[0], case .wrote(pid, ["hello"], 0) = notices[1],
        case .ended(pid, let end) = notices[2], case .finished(let job, let outcome, let took) = notices[3]
      else {
        Issue.record("\(notices)")
        return
      }
      #expect(end.end == .exited(2))
      #expect(job.channel == "demo")
      #expect(outcome == .failed(HandlerFailure(.exited(2), lastWords: "hello")))
      #expect(took > .zero)
    }
  }
}
