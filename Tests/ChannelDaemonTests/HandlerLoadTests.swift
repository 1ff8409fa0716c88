import ChannelDaemon
import ChannelMessages
import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("Handlers under load", .timeLimit(.minutes(3))) struct HandlerLoadTests {
  /// Whether no more descriptors are open than so many, but for the three that libdispatch opens when it first waits.
  private static func isClosed(downTo before: Int) throws -> Bool {
    try Directory.open("/proc/self/fd").names().count <= before + 3
  }

  @Test func aThousandMessagesGoThroughAWorkerOnceEachAndNothingIsLeft() async {
    await #expect(processExitsWith: .success) {
      try await withLoop { loop in
        let before = try Directory.open("/proc/self/fd").names().count
        for manner in ["plain", "halves", "twice"] {
          let giver = Giver(on: loop)
          await giver.open(try .worker(manner, concurrency: 20))
          for number in 0..<1_000 { try await giver.give("\(number)", JSONText(integerLiteral: Int64(number))) }
          await giver.untilOutcomes(1_000)
          await giver.drain()
          let outcomes = await giver.outcomes
          #expect(outcomes.count == 1_000)
          #expect(Set(outcomes.map(\.id)).count == 1_000)
          #expect(outcomes.allSatisfy { $0.outcome == .answer(JSONText(integerLiteral: Int64($0.id) ?? -1)) })
          #expect(await giver.pids.count == 1)
        }
        try await eventually { try HandlerLoadTests.isClosed(downTo: before) }
        // No child is left, dead or alive.
        let (answer, code) = (waitpid(-1, nil, WNOHANG), errno)
        #expect(answer == -1 && code == ECHILD)
      }
    }
  }

  @Test func ofManyMessagesWithWorkersThatDieAllHaveOneOutcome() async {
    await #expect(processExitsWith: .success) {
      try await withLoop { loop in
        let before = try Directory.open("/proc/self/fd").names().count
        let giver = Giver(on: loop)
        var setting = try HandlerSetting.worker("die-at-5", concurrency: 7)
        setting.backoff.first = .milliseconds(10)
        setting.backoff.longest = .milliseconds(10)
        await giver.open(setting)
        for number in 0..<300 { try await giver.give("\(number)", 1) }
        await giver.untilOutcomes(300)
        await giver.drain()
        let outcomes = await giver.outcomes
        #expect(outcomes.count == 300)
        #expect(Set(outcomes.map(\.id)).count == 300)
        for (_, outcome) in outcomes {
          guard outcome != .answer(1) else { continue }
          #expect(outcome.failure?.reason == .workerEnded("was ended by signal 11"))
        }
        // Each has answered four, and had seven in its hands at most.
        #expect(outcomes.count { $0.outcome == .answer(1) } >= 300 / (4 + 7) * 4 - 4)
        try await eventually { try HandlerLoadTests.isClosed(downTo: before) }
        let (answer, code) = (waitpid(-1, nil, WNOHANG), errno)
        #expect(answer == -1 && code == ECHILD)
      }
    }
  }

  @Test func twoHundredProgramsLeaveNothing() async {
    await #expect(processExitsWith: .success) {
      try await withLoop { loop in
        let before = try Directory.open("/proc/self/fd").names().count
        let giver = Giver(on: loop)
        var setting = HandlerSetting.shell("cat")
        setting.concurrency = 8
        await giver.open(setting)
        for number in 0..<200 { try await giver.give("\(number)", JSONText(integerLiteral: Int64(number))) }
        await giver.untilOutcomes(200)
        #expect(await giver.outcomes.allSatisfy { $0.outcome == .answer(JSONText(integerLiteral: Int64($0.id) ?? -1)) })
        await giver.drain()
        try await eventually { try HandlerLoadTests.isClosed(downTo: before) }
        let (answer, code) = (waitpid(-1, nil, WNOHANG), errno)
        #expect(answer == -1 && code == ECHILD)
      }
    }
  }

  @Test func aRoundTripIsQuick() async throws {
    var setting = try HandlerSetting.worker("plain", concurrency: 64)
    try await withHandler(setting) { giver in
      _ = await giver.exchange(200, atATime: 1)
      let single = await giver.exchange(2_000, atATime: 1) / 2_000
      let many = await giver.exchange(20_000, atATime: 64) / 20_000
      print("a worker's round trip: \(single); 64 in flight: \(many) a message")
      #expect(single < .milliseconds(5))
    }
    let loop =
      "import sys,json\nfor line in sys.stdin:\n m=json.loads(line)\n "
      + "print(json.dumps({'id':m['id'],'result':m['payload']}),flush=True)"
    setting.command = ["python3", "-c", loop]
    try await withHandler(setting) { giver in
      _ = await giver.exchange(200, atATime: 1)
      let single = await giver.exchange(2_000, atATime: 1) / 2_000
      let many = await giver.exchange(10_000, atATime: 64) / 10_000
      print("the same in python3: \(single); 64 in flight: \(many) a message")
      #expect(await giver.outcomes.allSatisfy { $0.outcome.failure == nil })
    }
    try await withHandler(HandlerSetting(name: "true", manner: .run, command: ["true"])) { giver in
      let single = await giver.exchange(200, atATime: 1) / 200
      print("a program for each: \(single)")
      #expect(single < .milliseconds(200))
    }
  }
}
