import ChannelAdmin
import ChannelCommands
import ChannelMessages
import ChannelModel
import Glibc
import TestSupport
import Testing
import Transom

@Suite("What the doctor and watch ask the daemon", .timeLimit(.minutes(1))) struct DaemonCareTests {
  private func findings(_ status: DaemonStatus, _ channels: [ChannelStatus] = []) -> [String] {
    DaemonDiagnosis(status, channels, at: "/s").findings.map { finding in
      "\(finding.severity.rawValue) \(finding.subject): \(finding.what)" + (finding.fix.map { " | \($0)" } ?? "")
    }
  }

  @Test func aDaemonIsWellOrSaysWhatItComplainsAbout() {
    #expect(findings(SampleDaemon.status()) == ["ok daemon: process 4711, serving for 2.5 h, answers at /s"])
    let problem = "/etc/transom/transomd.toml:3:1: unknown key \"rots\" (did you mean roots?)\n/x:1:1: no"
    #expect(
      findings(SampleDaemon.troubled) == [
        "ok daemon: process 4711, serving for 2.5 h, answers at /s",
        "problem configuration: the configuration files were refused at the last reload: \(problem)"
          + " | mend them, then: transom reload",
        "problem root: /srv/jobs: cannot be opened: Permission denied",
        "problem handler: mail: its program \u{1B}[31m cannot be started",
        "note daemon: 2 dead letters wait for somebody to look at them | transom dead list",
        "warning daemon: 1 lines of its log were lost, since nobody read them in time"
          + " | see to what reads its standard error",
      ]
    )
  }

  @Test func channelsAreNamedAsFarAsThatHelps() {
    var channels: [ChannelStatus] = []
    for number in 0..<7 {
      var channel = SampleDaemon.channel("c\(number)")
      channel.phase = .troubled
      channel.trouble = "it is damaged"
      channels.append(channel)
    }
    var lagging = SampleDaemon.channel("lag")
    lagging.readers = [
      ChannelStatus.Reader("new", .frontendToBackend, unread: 999, age: .seconds(3_599)),
      ChannelStatus.Reader("old", .frontendToBackend, unread: 1, age: .seconds(7_200)),
    ]
    lagging.isWrittenInPlace = true
    lagging.missed = 4
    channels.append(lagging)
    let path = "/run/user/7/transom"
    var expected = (0..<5).map { number in
      "problem channel: \(path)/c\(number): cannot be opened: it is damaged | see transom doctor \(path)/c\(number)"
    }
    expected.append("problem channel: 2 more: cannot be opened")
    expected.append(
      """
      warning reader: old in \(path)/lag has 1 message to read, the oldest for 2 h \
      | start it, or: transom reader drop \(path)/lag old
      """
    )
    expected.append(
      """
      warning channel: \(path)/lag: a 1.0 program writes a window in place, so messages may be lost \
      | see transom doctor \(path)/lag
      """
    )
    let missed = "messages were missed, written over before anybody could read them: 4"
    expected.append("note channel: \(path)/lag: \(missed)")
    #expect(Array(findings(SampleDaemon.status(), channels).dropFirst()) == expected)
  }

  @Test func theDoctorTellsOfADaemonAndOfNone() throws {
    try DaemonDouble.with { request throws(ChannelError) in
      request == .status ? .status(SampleDaemon.troubled) : .channels([])
    } _: { scene, daemon in
      let outcome = try scene.ask(daemon, "doctor")
      #expect(outcome.code == 7)
      #expect(outcome.output.contains("\nthe daemon\n  ok       daemon: process 4711, serving for 2.5 h, answers at "))
      #expect(outcome.output.contains("\n  problem  root: /srv/jobs: cannot be opened: Permission denied\n"))
      #expect(outcome.output.contains("mail: its program \u{FFFD}[31m cannot"))
      let json = try scene.ask(daemon, "doctor", "--json")
      #expect(json.lines.contains { $0.hasPrefix(#"{"severity":"problem","about":"the daemon","subject":"root","#) })
      let named = try scene.run("doctor", "--socket", scene.folder + "/none")
      #expect(named.code == 7 && named.output.contains("problem  daemon: \(scene.folder)/none: no daemon answers\n"))
      let none = try scene.shell("XDG_RUNTIME_DIR=/nowhere; export XDG_RUNTIME_DIR; transom doctor")
      #expect(none.output.contains("  ok       daemon: none answers at /nowhere/transomd.sock; channels work without"))
    }
  }

  @Test func watchFollowsTheDaemonsRoots() throws {
    let folder = try ScratchDirectory.make()
    defer { try? ScratchDirectory.remove(folder) }
    var status = SampleDaemon.status()
    status.roots = ["one", "two"].map { DaemonStatus.Root("\(folder)/\($0)") }
    let answered = status
    try DaemonDouble.with { _ in
      .status(answered)
    } _: { scene, daemon in
      for name in ["one", "two"] {
        RawFiles.makeDirectory("\(folder)/\(name)")
        let made = try scene.run("init", "\(folder)/\(name)/channel")
        #expect(made.code == 0)
      }
      let run = try scene.start("watch", "--socket", daemon.socket)
      #expect(run.line() == "transom: watching 2 channels below \(folder)/one and \(folder)/two")
      for name in ["one", "two"] {
        let sent = try scene.run("send", "\(folder)/\(name)/channel", "-e", "x")
        #expect(sent.code == 0)
        #expect(run.line() == "\(folder)/\(name)/channel  frontend to backend  event  x  null")
      }
      kill(run.pid, SIGTERM)
      #expect(run.wait() == 143)
    }
  }
}

@Suite("Dates and rates") struct DateTextTests {
  @Test func areThoseOfTheCalendar() {
    for (seconds, text) in [
      (0, "1970-01-01 00:00:00"), (951_782_400, "2000-02-29 00:00:00"), (951_868_799, "2000-02-29 23:59:59"),
      (1_784_020_323, "2026-07-14 09:12:03"), (4_107_542_400, "2100-03-01 00:00:00"),
      // The last that there is room for.
      (18_446_744_073, "2554-07-21 23:34:33"),
    ] as [(UInt64, String)] {
      #expect(DateText.greenwich.text(WallTime(milliseconds: seconds * 1_000)) == text)
    }
    #expect(DateText.greenwich.exactClock(WallTime(nanoseconds: 86_399_000_012_999)) == "23:59:59.000012")
    #expect(DateText.ago(WallTime(milliseconds: 5_000), from: WallTime(milliseconds: 3_000)) == "2 s ahead")
  }

  @Test func haveAsManyDigitsAsMatter() {
    #expect(PercentText.rate(0, in: .seconds(1)) == "0")
    #expect(PercentText.rate(1, in: .seconds(3)) == "0.3")
    #expect(PercentText.rate(7, in: .seconds(2)) == "3.5")
    #expect(PercentText.rate(12_345, in: .seconds(10)) == "1235")
    #expect(PercentText.rate(1, in: .zero) == "-")
    #expect(PercentText.text(.milliseconds(125), of: .seconds(1)) == "12.5 %")
    #expect(PercentText.text(.seconds(1), of: .zero) == "0.0 %")
  }
}
