import ChannelAdmin
import ChannelCommands
import ChannelMessages
import TestSupport
import Testing
import Transom

@Suite("The daemon's status", .timeLimit(.minutes(1))) struct StatusTests {
  private let well = """
    serving 120 channels, all is well

    began          2026-07-14 09:12:03, 2.5 h ago
    process        4711, transomd \(ProgramVersion.text), 61 open files
    memory         28.0 MiB
    processor      13 s, 0.2 % of the time
    configuration  /etc/transom/transomd.toml
                   /etc/transom/conf.d/10-build.toml
                   taken over 2026-07-14 09:42:03, 2 h ago; reloaded 3 times
    roots          /run/user/7/transom
                   /srv/jobs
    channels       120 known, 3 open
    dead letters   none

    HANDLER  MANNER  RUNNING  WAITING  HANDLED  FAILED  LATER  RESTARTS  HALF WITHIN  99 % WITHIN
    build    worker   1 of 4        2     1200       3      1         1         5 ms       100 ms
    mail     run      0 of 1        0        0       0      0         -            -            -

    """

  private let troubled = """
    serving 120 channels, in trouble: the last reload was refused: /etc/transom/transomd.toml:3:1: unknown key "rots" \
    (did you mean roots?) (and 3 more)

    began          2026-07-14 09:12:03, 2.5 h ago
    process        4711, transomd \(ProgramVersion.text), 61 open files
    memory         28.0 MiB
    processor      13 s, 0.2 % of the time
    configuration  /etc/transom/transomd.toml
                   /etc/transom/conf.d/10-build.toml
                   taken over 2026-07-14 09:42:03, 2 h ago; reloaded 3 times, refused once
                   /etc/transom/transomd.toml:3:1: unknown key "rots" (did you mean roots?)
                   /x:1:1: no
    roots          /run/user/7/transom
                   /srv/jobs  cannot be opened: Permission denied
    channels       120 known, 3 open, 1 that cannot be opened (see transom top)
    dead letters   2 (see transom dead list)
    log            1 line was lost, since nobody read them in time

    HANDLER  MANNER  RUNNING  WAITING  HANDLED  FAILED  LATER  RESTARTS  HALF WITHIN  99 % WITHIN  TROUBLE
    build    worker   1 of 4        2     1200       3      1         1         5 ms       100 ms
    mail     run      0 of 1        0        0       0      0         -            -            -  its program \
    \u{FFFD}[31m cannot be started

    """

  @Test func isAPageThatSaysWhetherAllIsWell() throws {
    try DaemonDouble.with { _ in
      .status(SampleDaemon.status())
    } _: { scene, daemon in
      let outcome = try scene.ask(daemon, "status")
      #expect(outcome.output == well)
      #expect(outcome.code == 0 && outcome.errors.isEmpty)
      #expect(daemon.requests == [.status])
    }
  }

  @Test func saysWhatIsWrong() {
    #expect(StatusPage(SampleDaemon.troubled, dates: .greenwich).text() == troubled)
  }

  @Test func saysWhatItHasNone() {
    var status = SampleDaemon.status()
    status.configuration.files = []
    status.configuration.reloadCount = 0
    status.roots = []
    status.handlers = []
    status.channels.known = 1
    status.phase = .starting
    let text = StatusPage(status, dates: .greenwich).text()
    #expect(text.hasPrefix("starting, 1 channel so far, all is well\n\n"))
    #expect(text.contains("\nconfiguration  no file: everything is as it is by default\n"))
    #expect(text.contains("\nroots          none\n"))
    #expect(text.hasSuffix("\nhandlers       none: messages wait for other readers\n"), "\(text)")
  }

  @Test func showsBridgesAndDoorsWhereThereAreAny() {
    var status = SampleDaemon.status()
    status.bridges = [SampleDaemon.store, SampleDaemon.web]
    #expect(
      StatusPage(status, dates: .greenwich).text() == well + """

        BRIDGE  KIND    PLACE                       CHANNELS  CONNECTED  REQUESTS OUT  REQUESTS IN  \
        EVENTS OUT  EVENTS IN  REFUSED
        store   bridge  tls:store.example.org:7000         3          2          1200            4  \
               560          7        0
        web     door    https://0.0.0.0:8443             120         17             -         9000  \
                 -          -        3

        """
    )
    // What nobody has is no column.
    status.bridges = [SampleDaemon.web]
    status.bridges[0].refused = 0
    status.handlers = []
    let doors = StatusPage(status, dates: .greenwich).text()
    #expect(
      doors.hasSuffix(
        """
        handlers       none

        BRIDGE  KIND  PLACE                 CHANNELS  CONNECTED  REQUESTS IN
        web     door  https://0.0.0.0:8443       120         17         9000

        """
      ),
      "\(doors)"
    )
  }

  @Test func saysWhatIsWrongWithABridge() {
    var status = SampleDaemon.status()
    status.bridges = [SampleDaemon.store, SampleDaemon.web]
    status.bridges[0].trouble = "a: tls:store.example.org:7000: cannot be connected to: \u{1B} refused"
    status.bridges[0].dropped = 11
    let text = StatusPage(status, dates: .greenwich).text()
    let words = "a: tls:store.example.org:7000: cannot be connected to: \u{FFFD} refused"
    #expect(text.hasPrefix("serving 120 channels, in trouble: bridge store: \(words)\n"), "\(text)")
    let lines = text.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("BRIDGE ") && $0.hasSuffix("  DROPPED  REFUSED  TROUBLE") }, "\(text)")
    #expect(lines.contains { $0.hasPrefix("store ") && $0.hasSuffix("  7       11        0  \(words)") }, "\(text)")
    #expect(lines.contains { $0.hasPrefix("web ") && $0.hasSuffix("  -        -        3") }, "\(text)")
    #expect(DaemonTroubles.of(status).count == 1)
    let found = DaemonDiagnosis(status, [], at: "/s").findings.filter { $0.subject == "bridge" }
    #expect(found.map(\.severity) == [.problem] && found.first?.what.hasPrefix("store: a: ") == true)
  }

  @Test func isTheSameTextInColour() {
    let coloured = StatusPage(SampleDaemon.troubled, dates: .greenwich, style: Style(isColoured: true)).text()
    #expect(coloured.contains("\u{1B}[1;31m") && coloured.contains("\u{1B}[1;33m"))
    var plain = coloured
    for role in ["1", "36", "2", "32", "33", "1;33", "1;31", "0"] {
      plain = plain.replacing("\u{1B}[\(role)m", with: "")
    }
    #expect(plain == troubled)
  }

  @Test func isOneObjectForPrograms() throws {
    try DaemonDouble.with { _ in
      .status(SampleDaemon.status())
    } _: { scene, daemon in
      let outcome = try scene.ask(daemon, "status", "--json")
      #expect(outcome.code == 0 && outcome.lines.count == 1)
      let line = outcome.lines.first ?? ""
      _ = try JSONText(validating: Array(line.utf8))
      let beginning = #"{"version":"\#(ProgramVersion.text)","process":4711,"began_ns":1784020323000000000,"#
      #expect(line.hasPrefix(beginning), "\(line)")
      #expect(line.contains(#""channels":{"known":120,"open":3,"troubled":0},"dead_letters":0"#))
      let roots = #""roots":[{"path":"/run/user/7/transom","trouble":null},{"path":"/srv/jobs","trouble":null}],"#
      #expect(line.contains(roots + #""handlers":[{"name":"build","manner":"worker","concurrency":4,"#), "\(line)")
      #expect(line.contains(#""half_within_ns":5000000,"most_within_ns":100000000}}"#))
      #expect(line.hasSuffix(#","bridges":[]}"#))
    }
    try DaemonDouble.with { _ in
      var status = SampleDaemon.status()
      status.bridges = [SampleDaemon.store, SampleDaemon.web]
      return .status(status)
    } _: { scene, daemon in
      let line = try scene.ask(daemon, "status", "--json").lines.first ?? ""
      _ = try JSONText(validating: Array(line.utf8))
      let store = #","bridges":[{"name":"store","kind":"bridge","place":"tls:store.example.org:7000","channels":3,"#
      #expect(line.contains(store + #""connections":2,"requests_out":1200,"requests_in":4,"#), "\(line)")
      #expect(line.contains(#"{"name":"web","kind":"door","#) && line.hasSuffix(#","refused":3,"trouble":null}]}"#))
    }
  }

  @Test func isAskedWhereSomebodyHasSaid() throws {
    try DaemonDouble.with { _ in
      .status(SampleDaemon.status())
    } _: { scene, daemon in
      let first = try scene.run("status", "--socket", daemon.socket).code
      #expect(first == 0)
      let second = try scene.shell("XDG_RUNTIME_DIR='\(scene.folder)'; export XDG_RUNTIME_DIR; transom status").code
      #expect(second == 0)
      let third = try scene.shell("transom status --socket transomd.sock").code
      #expect(third == 0)
      #expect(daemon.requests.count == 3)
    }
  }

  @Test func isNobodysWithoutADaemon() throws {
    try withScratchDirectory { folder in
      let scene = CommandScene(folder: folder)
      let hint = "start it with transomd, or name its socket with --socket or TRANSOM_SOCKET"
      for verb in [["status"], ["top"], ["trace", "x"], ["reload"], ["dead", "list"], ["watch"]] {
        let outcome = try scene.run(verb + ["--socket", folder + "/none"])
        #expect(outcome.code == 4 && outcome.output.isEmpty)
        #expect(outcome.errors == "transom: \(folder)/none: no daemon answers (\(hint))\n", "\(verb)")
      }
      let config = try scene.run("config", "show", "--socket", folder + "/none")
      #expect(config.code == 4 && config.errors.hasSuffix("; without one, transomd --check reads the files)\n"))
    }
  }
}
