import ChannelDaemon
import ChannelMessages
import ChannelSockets
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite("A handler that runs a program for each message", .timeLimit(.minutes(2))) struct ProgramHandlerTests {
  private func failure(_ reason: HandlerFailure.Reason, _ lastWords: String = "") -> HandlerOutcome {
    .failed(HandlerFailure(reason, lastWords: lastWords))
  }

  @Test func answersWithWhatItPrints() async throws {
    #expect(try await outcomeOfShell("cat", ["a": [1, 2.5]]) == .answer(["a": [1, 2.5]]))
    #expect(try await outcomeOfShell("echo ' 7 '") == .answer(7))
    #expect(try await outcomeOfShell("echo; echo") == .answer(.null))
    #expect(try await outcomeOfShell("true") == .answer(.null))
  }

  @Test func toldThatAnEventIsDoneWithWhateverIsPrinted() async throws {
    #expect(try await outcomeOfShell("echo no json", kind: .event) == .answer(.null))
  }

  @Test func isTheEnvironmentThatCommandsKnow() async throws {
    var setting = HandlerSetting.shell("env | grep -E '^(TRANSOM|COLOUR|OWN)' | sort >&2; pwd >&2")
    setting.environment = ["COLOUR": "blue", "OWN": "a=b", "TRANSOM_TYPE": "forged"]
    setting.directory = "/usr/bin"
    try await withHandler(setting) { giver in
      #expect(await giver.outcome("id 1", kind: .event) == .answer(.null))
      #expect(
        await giver.lines == [
          "COLOUR=blue", "OWN=a=b", "TRANSOM_CHANNEL=/channels/demo", "TRANSOM_DIRECTION=frontend_to_backend",
          "TRANSOM_ID=id 1", "TRANSOM_METHOD=work", "TRANSOM_TYPE=event", "/usr/bin",
        ]
      )
    }
  }

  @Test func thatExitsWith75WantsItLater() async throws {
    #expect(try await outcomeOfShell("exit 75") == .later)
    #expect(try await outcomeOfShell("exit 75", kind: .event) == .later)
  }

  @Test func thatExitsOtherwiseHasFailedWithItsLastWords() async throws {
    let line = "for i in 1 2 3 4 5; do printf 'line \\033[1m'$i'\\n' >&2; done; printf 'no end' >&2; exit 3"
    let words = "line \u{FFFD}[1m4 / line \u{FFFD}[1m5 / no end"
    #expect(try await outcomeOfShell(line) == failure(.exited(3), words))
    #expect(try await outcomeOfShell("echo '{}'; exit 1", kind: .event) == failure(.exited(1)))
  }

  @Test(arguments: ["SEGV": SIGSEGV, "KILL": SIGKILL])
  func thatCrashesHasFailed(_ name: String, _ number: Int32) async throws {
    #expect(try await outcomeOfShell("echo 1; kill -\(name) $$") == failure(.signalled(number)))
  }

  @Test func thatPrintsNoJSONHasFailed() async throws {
    #expect(
      try await outcomeOfShell("echo hello")
        == failure(.notJSON(JSONError(offset: 0, reason: .expectedValue)))
    )
    #expect(
      try await outcomeOfShell("echo 1; echo 2")
        == failure(.notJSON(JSONError(offset: 2, reason: .junkAfterEnd)))
    )
  }

  @Test func thatHangsIsToldToEnd() async throws {
    let outcome = try await outcomeOfShell("echo waiting >&2; exec tail -f /dev/null") {
      $0.timeLimit = .seconds(1)
      $0.grace = .seconds(60)
    }
    #expect(outcome == failure(.timedOut(after: .seconds(1)), "waiting"))
  }

  @Test func thatHangsAndIgnoresTERMIsKilled() async throws {
    var setting = HandlerSetting.shell("trap '' TERM; tail -f /dev/null")
    setting.timeLimit = .milliseconds(100)
    try await withHandler(setting) { giver in
      #expect(await giver.outcome("1") == failure(.timedOut(after: .milliseconds(100))))
      let pid = try #require(await giver.pids.first)
      #expect(isGone(pid))
    }
  }

  @Test func thatSaysItIsDoneWhenItsTimeIsOverIsNotBelieved() async throws {
    let outcome = try await outcomeOfShell("trap 'exit 0' TERM; tail -f /dev/null & wait") {
      $0.timeLimit = .milliseconds(200)
      $0.grace = .seconds(60)
    }
    #expect(outcome == failure(.timedOut(after: .milliseconds(200))))
  }

  @Test func thatFloodsItsOutputIsEnded() async throws {
    let outcome = try await outcomeOfShell("exec cat /dev/zero") { $0.outputLimit = 10_000 }
    #expect(outcome == failure(.tooMuchOutput(limit: 10_000)))
    let event = try await outcomeOfShell("exec cat /dev/zero", kind: .event) { $0.outputLimit = 10_000 }
    #expect(event == failure(.tooMuchOutput(limit: 10_000)))
  }

  @Test func thatFloodsItsErrorsIsHeardALittle() async throws {
    try await withHandler(.shell("head -c 20000000 /dev/zero >&2; yes | head -n 300000 >&2; echo last >&2; exit 4")) {
      giver in
      #expect(await giver.outcome("1") == failure(.exited(4), "y / y / last"))
      let (lines, unsaid) = (await giver.lines, await giver.unsaid)
      #expect(lines.count < 2_000)
      #expect(lines.count + unsaid == 300_001)
      #expect(lines.allSatisfy { $0.count <= 401 })
    }
  }

  @Test func thatLeavesSomebodyWithItsPipesIsDoneAllTheSame() async throws {
    try await withHandler(.shell("tail -f /dev/null & echo $! >&2; echo 5")) { giver in
      #expect(await giver.outcome("1") == .answer(5))
      let left = try #require(await giver.lines.first.flatMap { Int32($0) })
      try await eventually { isGone(left) }
    }
  }

  @Test func thatLeavesSomebodyInAnotherSessionIsDoneAllTheSame() async throws {
    try await withHandler(.shell("setsid tail -f /dev/null & echo $! >&2; echo 5")) { giver in
      #expect(await giver.outcome("1") == .answer(5))
      // It has left its group: whoever does that is nobody's here.
      if let left = await giver.lines.first.flatMap({ Int32($0) }) { kill(left, SIGKILL) }
    }
  }

  @Test func needNotReadWhatItIsGiven() async throws {
    let large = JSONText(stringLiteral: String(repeating: "x", count: 5_000_000))
    #expect(try await outcomeOfShell("exec <&-; echo 1", large) == .answer(1))
    #expect(try await outcomeOfShell("echo 1", large) == .answer(1))
    #expect(try await outcomeOfShell("wc -c", large) == .answer(5_000_003))
  }

  @Test func thatFillsTheDiskHasFailed() async throws {
    let failure = try await outcomeOfShell("echo 1 | cat >/dev/full")?.failure
    #expect(failure?.lastWords.contains("No space left on device") == true)
    #expect(failure?.isWorthAnotherTry == false)
  }

  @Test func mayHaveSoMuchMemory() async throws {
    let outcome = try await outcomeOfShell("ulimit -v") { $0.memoryLimit = 512 << 20 }
    #expect(outcome == .answer(524_288))
  }

  @Test func thatCannotBeStartedHasFailed() async throws {
    try await withHandler(HandlerSetting(name: "a", manner: .run, command: ["no-such-program"])) { giver in
      #expect(await giver.outcome("1") == failure(.cannotStart("there is no program \"no-such-program\" in PATH")))
    }
    try await withHandler(HandlerSetting(name: "a", manner: .run, command: ["/no/such"])) { giver in
      #expect(
        await giver.outcome("1") == failure(.cannotStart("/no/such: cannot be run: No such file or directory"))
      )
    }
    try await withHandler(.shell("true")) { giver in
      #expect(
        await giver.outcome("a\0b") == failure(.unfit("TRANSOM_ID cannot have a NUL character in it"))
      )
    }
  }
}
