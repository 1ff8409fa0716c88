import ChannelAdmin
import ChannelCommands
import ChannelMessages
import ChannelModel
import Glibc
import TestSupport
import Testing
import Transom

@Suite("The way of a message", .timeLimit(.minutes(1))) struct TraceTests {
  private let id = "0f8fad5b-d9cb-469f-a165-70867728950e"

  private var steps: [TraceStep] {
    let kinds: [(TraceStep.Kind, Int, String)] = [
      (.arrived, 0, "request build"), (.matched, 412, "build"), (.started, 1_612, ""),
      (.retried, 2_000_000, "status 1"),
      (.answered, 2_012_000, ""),
    ]
    return kinds.map { kind, microseconds, detail in
      TraceStep(kind, at: SampleDaemon.time(.microseconds(microseconds)), channel: "/srv/jobs/a", detail: detail)
    }
  }

  @Test func isToldInWordsWithTheTimeOfEachStep() throws {
    let steps = self.steps
    try DaemonDouble.with { _ in
      .steps(steps)
    } _: { scene, daemon in
      let outcome = try scene.ask(daemon, "trace", id)
      #expect(
        outcome.output == """
          message \(id) on 2026-07-14
          /srv/jobs/a
            09:12:03.000000           came into the channel: request build
            09:12:03.000412  +412 us  found who takes it: build
            09:12:03.001612  +1.2 ms  was given to the handler's program
            09:12:05.000000   +1.9 s  failed, and is tried again: status 1
            09:12:05.012000   +12 ms  was answered
          5 steps in 2 s

          """
      )
      #expect(outcome.code == 0 && daemon.requests == [.trace(id: id)])
    }
  }

  @Test func isOneObjectForEachStep() throws {
    let steps = self.steps
    try DaemonDouble.with { _ in
      .steps(steps)
    } _: { scene, daemon in
      let outcome = try scene.ask(daemon, "trace", id, "--json")
      #expect(outcome.lines.count == 5)
      let second =
        #"{"id":"\#(id)","step":"matched","time_ns":1784020323000412000,"channel":"/srv/jobs/a","detail":"build","#
        + #""since_last_ns":412000}"#
      #expect(outcome.lines.dropFirst().first == second)
    }
  }

  @Test func mayLeadThroughSeveralChannelsAndBackInTime() {
    let steps = [
      TraceStep(.arrived, at: SampleDaemon.time(.seconds(2)), channel: "/a", detail: "\u{1B}[2J"),
      TraceStep(.dead, at: SampleDaemon.time(.seconds(1)), channel: "/b"),
    ]
    #expect(
      TraceText("x", steps, dates: .greenwich).text() == """
        message x on 2026-07-14
        /a
          09:12:05.000000        came into the channel: \u{FFFD}[2J
        /b
          09:12:04.000000  -1 s  was given up, and is a dead letter
        2 steps in 0 s

        """
    )
  }

  @Test func mayBeUnknown() throws {
    try DaemonDouble.with { _ in
      .steps([])
    } _: { scene, daemon in
      let outcome = try scene.ask(daemon, "trace", "7c")
      #expect(outcome.code == 4 && outcome.output.isEmpty)
      #expect(outcome.errors.contains("the daemon knows nothing of a message \"7c\" (an id is given whole"))
    }
  }
}

@Suite("The daemon's configuration", .timeLimit(.minutes(1))) struct ReloadTests {
  private static func answer(_ report: ReloadReport) -> DaemonDouble.Answer {
    { _ throws(ChannelError) in .reloaded(report) }
  }

  @Test func isTakenOverAndWhatHasChangedIsTold() throws {
    var report = ReloadReport()
    try DaemonDouble.with(Self.answer(report)) { scene, daemon in
      let outcome = try scene.ask(daemon, "reload")
      #expect(outcome.code == 0 && outcome.output == "nothing has changed\n" && outcome.errors.isEmpty)
    }
    report.handlers.added = ["mail", "thumb\u{7}nails"]
    report.handlers.removed = ["build"]
    report.doors.changed = ["web"]
    report.rootsAdded = ["/srv/jobs"]
    report.filesChanged = ["/etc/tokens"]
    report.sentAway = 2
    report.flaws = ["/etc/transom/transomd.toml:3:7: handler mail: there is no program \"m\u{7}il\""]
    report.keysForNextStart = ["admin.socket"]
    try DaemonDouble.with(Self.answer(report)) { scene, daemon in
      let text = try scene.ask(daemon, "reload").output
      #expect(
        text == """
          handlers added: mail, thumb\u{FFFD}nails
          handlers removed: build
          doors changed: web
          roots added: /srv/jobs
          files read anew: /etc/tokens
          connections sent away: 2
          changed, and counting only from the daemon's next start on: admin.socket
          waits to be mended: /etc/transom/transomd.toml:3:7: handler mail: there is no program "m\u{FFFD}il"

          """
      )
      let json = try scene.ask(daemon, "reload", "--json").output
      #expect(
        json
          == #"{"handlers_added":["mail","thumb\u0007nails"],"handlers_changed":[],"handlers_removed":["build"],"#
          + #""bridges_added":[],"bridges_changed":[],"bridges_removed":[],"#
          + #""doors_added":[],"doors_changed":["web"],"doors_removed":[],"#
          + #""roots_added":["/srv/jobs"],"roots_removed":[],"files_changed":["/etc/tokens"],"sent_away":2,"#
          + #""flaws":["/etc/transom/transomd.toml:3:7: handler mail: there is no program \"m\u0007il\""],"#
          + #""keys_for_next_start":["admin.socket"]}"# + "\n"
      )
    }
  }

  @Test func staysAsItWasWhenItIsWrong() throws {
    let text = "/etc/transom/transomd.toml:3:1: unknown key \"rots\"\n/etc/transom/conf.d/a.toml:1:2: \u{1B}no table"
    try DaemonDouble.with { _ throws(ChannelError) in
      throw ChannelError(.misuse, at: "/etc", text)
    } _: { scene, daemon in
      let outcome = try scene.ask(daemon, "reload")
      #expect(outcome.code == 2 && outcome.output.isEmpty)
      let shown = text.replacing("\u{1B}", with: "\u{FFFD}")
      #expect(outcome.errors == "\(shown)\ntransom: the daemon's configuration stays as it was\n")
    }
    try DaemonDouble.with { _ throws(ChannelError) in
      throw ChannelError(.system, at: "/x", "no", hint: "h")
    } _: {
      scene,
      daemon in
      let outcome = try scene.ask(daemon, "reload")
      #expect(outcome.code == 7 && outcome.errors == "transom: /x: no (h)\n")
    }
  }

  @Test func isShownAsTheDaemonWritesIt() throws {
    try DaemonDouble.with { request throws(ChannelError) in
      .configuration(request == .configuration(.json) ? "{\"roots\":[]}" : "roots = []  # default\n\tx = \"\u{1B}\"\n")
    } _: { scene, daemon in
      let text = try scene.ask(daemon, "config", "show").output
      #expect(text == "roots = []  # default\n\tx = \"\u{FFFD}\"\n")
      let json = try scene.ask(daemon, "config", "show", "--json").output
      #expect(json == "{\"roots\":[]}\n")
      let wrong = try scene.ask(daemon, "config", "list").code
      #expect(wrong == 2)
    }
  }
}

@Suite("Dead letters", .timeLimit(.minutes(1))) struct DeadLetterTests {
  @Test func areListedInATable() throws {
    let letters = [SampleDaemon.letter(17), SampleDaemon.letter(9)]
    let now = SampleDaemon.time(.seconds(90))
    #expect(
      LetterText.table(letters, at: now) == """
        LETTER      AGE  CHANNEL      METHOD  REASON             ATTEMPTS  LAST ERROR
            17  1.5 min  /srv/jobs/a  build   too many attempts         5  make ended with status 1
             9  1.5 min  /srv/jobs/a  build   too many attempts         5  make ended with status 1

        """
    )
    try DaemonDouble.with { _ in
      .letters([])
    } _: { scene, daemon in
      let outcome = try scene.ask(daemon, "dead", "list")
      #expect(outcome.code == 0 && outcome.output.isEmpty && outcome.errors == "transom: there is no dead letter\n")
    }
  }

  @Test func areAskedForPageByPage() throws {
    let all = (1...1_200).reversed().map { SampleDaemon.letter(UInt64($0)) }
    try DaemonDouble.with { request throws(ChannelError) in
      guard case .letters(let selection, let after, let limit) = request, selection == LetterSelection() else {
        throw ChannelError(.misuse, at: "double", "\(request)")
      }
      return .letters(Array(all.filter { $0.number < after ?? .max }.prefix(limit)))
    } _: { scene, daemon in
      let json = try scene.ask(daemon, "dead", "list", "--json")
      #expect(json.lines.count == 1_200)
      let line =
        #"{"number":1200,"channel":"/srv/jobs/a","direction":"frontend_to_backend","#
        + #""id":"0f8fad5b-d9cb-469f-a165-70867728950e","sequence":12,"type":"request","method":"build","#
        + #""reason":"too-many-attempts","attempts":5,"first":{"error":"make ended with status 2","#
        + #""time_ns":1784020263000000000},"last":{"error":"make ended with status 1","#
        + #""time_ns":1784020323000000000},"bytes":1536}"#
      #expect(json.lines.first == line)
      #expect(daemon.requests.count == 3)
      let some = try scene.ask(daemon, "dead", "list", "-n", "501")
      #expect(some.lines.count == 502 && some.lines.last?.hasPrefix("   700  ") == true, "\(some.lines.suffix(1))")
    }
  }

  @Test func areShownWithTheirMessage() throws {
    let message = #"{"id":"0f8f","payload":{"a":[1]}}"#
    let letter = SampleDaemon.letter(17)
    let page = LetterText.page(
      letter,
      Array(message.utf8),
      at: SampleDaemon.time(.seconds(3_600)),
      dates: .greenwich
    )
    #expect(
      page == """
        letter    17: request build
        channel   /srv/jobs/a, frontend to backend
        given up  too many attempts, after 5 attempts
        first     2026-07-14 09:11:03, 1 h ago: make ended with status 2
        last      2026-07-14 09:12:03, 1 h ago: make ended with status 1
        message   0f8fad5b-d9cb-469f-a165-70867728950e, number 12, 1.5 KiB

        {
          "id": "0f8f",
          "payload": {
            "a": [
              1
            ]
          }
        }

        """
    )
    try DaemonDouble.with { _ in
      .letter(letter, message: Array(message.utf8))
    } _: { scene, daemon in
      let text = try scene.ask(daemon, "dead", "show", "17")
      #expect(text.code == 0 && text.lines.first == "letter    17: request build")
      let json = try scene.ask(daemon, "dead", "show", "0f8f", "--json")
      #expect(json.output.hasSuffix("\"bytes\":1536,\"message\":\(message)}\n"), "\(json)")
      #expect(daemon.requests == [.letter("17"), .letter("0f8f")])
    }
  }

  @Test func areShownWhenTheirMessageIsNone() throws {
    let letter = SampleDaemon.letter(17)
    try DaemonDouble.with { _ in
      .letter(letter, message: [0x1B, 0x5B, 0xFF, 0x0A])
    } _: { scene, daemon in
      let text = try scene.ask(daemon, "dead", "show", "17")
      #expect(text.output.hasSuffix("\n\n\u{FFFD}[\u{FFFD}\n\n"), "\(text)")
      let json = try scene.ask(daemon, "dead", "show", "17", "--json")
      #expect(json.output.hasSuffix("\"text\":\"\\u001b[\u{FFFD}\\n\"}\n"), "\(json)")
    }
  }

  @Test func areRetriedAndDroppedOneOrManyAtOnce() throws {
    try DaemonDouble.with { request throws(ChannelError) in
      switch request {
      case .retry(.one), .drop(.one): .letterCount(1)
      default: .letterCount(12)
      }
    } _: { scene, daemon in
      let one = try scene.ask(daemon, "dead", "retry", "17")
      #expect(one.code == 0 && one.output.isEmpty && one.errors == "transom: retrying 1 dead letter\n")
      let many = try scene.ask(daemon, "dead", "drop", "--method", "build", "--channel", scene.folder + "/./gone/")
      #expect(many.code == 0 && many.errors == "transom: dropped 12 dead letters\n")
      let retried = try scene.ask(daemon, "dead", "retry", "--all", "--json").output
      #expect(retried == "{\"retried\":12}\n")
      let dropped = try scene.ask(daemon, "dead", "drop", "7", "--json").output
      #expect(dropped == "{\"dropped\":1}\n")
      #expect(
        daemon.requests == [
          .retry(.one("17")),
          .drop(.all(LetterSelection(channel: scene.folder + "/gone", method: "build"))),
          .retry(.all(LetterSelection())), .drop(.one("7")),
        ]
      )
    }
  }

  @Test func areNotDroppedByAWordTooFew() throws {
    try DaemonDouble.with { _ in
      .letterCount(12)
    } _: { scene, daemon in
      for (words, what) in [
        (["drop"], "which letters? (LETTER, --channel, --method or --all)"),
        (["retry"], "which letters? (LETTER, --channel, --method or --all)"), (["show"], "LETTER is missing"),
        (["drop", "7", "--all"], "a letter is one, and the options mean many"),
        (["list", "7"], "list takes no letter"), (["drop", "-n", "3", "--all"], "--count is for list alone"),
        (["show", "7", "-m", "x"], "show takes one letter and nothing else"),
      ] {
        let outcome = try scene.run(["dead"] + words + ["--socket", daemon.socket])
        #expect(outcome.code == 2 && outcome.errors.hasPrefix("transom: \(what)"), "\(outcome)")
      }
      #expect(daemon.requests.isEmpty)
    }
  }
}
