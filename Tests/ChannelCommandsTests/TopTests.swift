import ChannelAdmin
import ChannelCommands
import ChannelMessages
import ChannelModel
import Glibc
import LinuxIO
import TestSupport
import Testing
import Transom

@Suite("The live table", .timeLimit(.minutes(1))) struct TopTests {
  private var first: TopSample {
    TopSample(SampleDaemon.status(), [SampleDaemon.channel("a", requests: 100), SampleDaemon.channel("b")])
  }

  /// Two seconds later.
  private var second: TopSample {
    var status = SampleDaemon.status(after: .seconds(9_002))
    status.handlers[0].handled += 25
    status.handlers[0].times.add(.milliseconds(20))
    status.processorTime += .milliseconds(50)
    status.letterCount = 1
    var channel = SampleDaemon.channel("a", requests: 105)
    channel.events = 2
    channel.inFlight = 1
    channel.active = SampleDaemon.time(.seconds(9_001))
    channel.readers = [
      ChannelStatus.Reader("x", .backendToFrontend, unread: 3, age: nil),
      ChannelStatus.Reader("y", .frontendToBackend, unread: 14, age: .seconds(5)),
    ]
    var broken = SampleDaemon.channel("c")
    broken.phase = .troubled
    broken.trouble = "cannot be \u{1B} opened"
    return TopSample(status, [channel, broken])
  }

  private func text(_ sample: TopSample, _ before: TopSample?, _ columns: Int? = nil, _ rows: Int = 24) -> String {
    let size = columns.map { Terminal.Size(columns: $0, rows: rows) }
    return TopLayout(sample, before: before, size: size).lines().joined(separator: "\n")
  }

  @Test func knowsNoRatesAtFirst() {
    #expect(
      text(first, nil) == """
        serving 120 channels, all is well
        transomd \(ProgramVersion.text), up 2.5 h, 28.0 MiB, 0.2 % of a processor, 3 of 120 channels open, 0 dead letters

        HANDLER  RUNNING  WAITING  PER S  HANDLED  FAILED  HALF WITHIN  99 % WITHIN  TROUBLE
        build     1 of 4        2      -     1200       3         5 ms       100 ms
        mail      0 of 1        0      -        0       0            -            -

        CHANNEL  STATE  NOW  PER S  REQUESTS  EVENTS  FAILED  DEAD  UNREAD  LAST  TROUBLE
        a        open     0      -       100       0       0     0       -     -
        b        idle     0      -         0       0       0     0       -     -
        and 118 more
        """
    )
  }

  @Test func showsWhatHappenedSinceTheLookBefore() {
    #expect(
      text(second, first) == """
        serving 120 channels, all is well
        transomd \(ProgramVersion.text), up 2.5 h, 28.0 MiB, 2.5 % of a processor, 13 messages/s, 3 of 120 channels open, \
        1 dead letter

        HANDLER  RUNNING  WAITING  PER S  HANDLED  FAILED  HALF WITHIN  99 % WITHIN  TROUBLE
        build     1 of 4        2     13     1225       3        25 ms        25 ms
        mail      0 of 1        0      0        0       0            -            -

        CHANNEL  STATE     NOW  PER S  REQUESTS  EVENTS  FAILED  DEAD  UNREAD  LAST  TROUBLE
        a        open        1    3.5       105       2       0     0      14   1 s
        c        troubled    0      -         0       0       0     0       -     -  cannot be \u{FFFD} opened
        and 118 more
        """
    )
  }

  @Test func fitsTheTerminal() {
    #expect(
      text(second, first, 40, 11) == """
        serving 120 channels, all is well
        transomd \(ProgramVersion.text), up 2.5 h, 28.0 MiB, 2.5

        HANDLER  RUNNING  WAITING  PER S  HANDLE
        build     1 of 4        2     13     122
        mail      0 of 1        0      0

        CHANNEL  STATE     NOW  PER S  REQUESTS
        a        open        1    3.5       105
        and 119 more
        q ends
        """
    )
    var many = second
    many = TopSample(many.status, (0..<100).map { SampleDaemon.channel("channel-\($0)") })
    for columns in [1, 10, 79, 200] {
      for rows in 1...60 {
        let lines = TopLayout(many, before: first, size: .init(columns: columns, rows: rows)).lines()
        #expect(lines.count <= rows && lines.allSatisfy { $0.count <= columns }, "\(columns) x \(rows)")
      }
    }
    // Where there is room all of it is used.
    #expect(TopLayout(many, before: first, size: .init(columns: 100, rows: 60)).lines().count == 60)
  }

  @Test func showsWhatGoesOverBridgesAndThroughDoors() {
    var (before, now) = (first.status, second.status)
    before.bridges = [SampleDaemon.store, SampleDaemon.web]
    now.bridges = before.bridges
    now.bridges[0].eventsOut += 28
    now.bridges[1].requestsIn += 100
    #expect(
      text(TopSample(now, second.channels), TopSample(before, first.channels)).contains(
        """

        mail      0 of 1        0      0        0       0            -            -

        BRIDGE  KIND    CONNECTED  PER S  REQUESTS  EVENTS  DROPPED  REFUSED  TROUBLE
        store   bridge          2     14      1204     595        0        0
        web     door           17     50      9100       -        -        3

        CHANNEL  STATE
        """
      )
    )
    // The same names tell of different things.
    let door = BridgeStatus("store", .door, place: "http:/door.sock")
    now.bridges = [door]
    #expect(
      text(TopSample(now, []), first).contains("\nstore   door          0      -         0       -        -        0")
    )
    now.bridges = (0..<50).map { BridgeStatus("bridge-\($0)", .bridge, place: "unix:/\($0).sock") }
    let channels = (0..<100).map { SampleDaemon.channel("channel-\($0)") }
    for rows in 1...60 {
      let lines = TopLayout(TopSample(now, channels), before: nil, size: .init(columns: 80, rows: rows)).lines()
      #expect(lines.count <= rows && lines.allSatisfy { $0.count <= 80 }, "\(rows)")
      guard rows >= 14 else { continue }
      // Each has a share of the room, and all of it is used.
      #expect(lines.count == rows, "\(rows)")
      #expect(lines.contains { $0.hasPrefix("CHANNEL ") } && lines.count { $0.hasPrefix("and ") } == 2, "\(rows)")
    }
  }

  @Test func countsAnewWhenTheDaemonIsAnother() {
    var status = SampleDaemon.status()
    status.handlers[0].handled = 5
    let lines = TopLayout(TopSample(status, []), before: second, size: nil).lines()
    #expect(lines.contains { $0.hasPrefix("build     1 of 4        2      -        5") }, "\(lines)")
    #expect(!lines[1].contains("messages/s") || lines[1].contains("0 messages/s"), "\(lines)")
  }

  @Test func standsOutInColourWhereThereIsTrouble() {
    let lines = TopLayout(second, before: first, size: nil, style: Style(isColoured: true)).lines()
    #expect(lines.first == "\u{1B}[32mserving 120 channels, all is well\u{1B}[0m")
    #expect(lines.contains { $0.hasPrefix("\u{1B}[1;33mc        troubled") && $0.hasSuffix("\u{1B}[0m") }, "\(lines)")
  }

  // MARK: The program

  private static let answer: DaemonDouble.Answer = { request throws(ChannelError) in
    switch request {
    case .status: .status(SampleDaemon.status())
    default: .channels([SampleDaemon.channel("a", requests: 100), SampleDaemon.channel("b")])
    }
  }

  @Test func isPlainTextOffATerminal() throws {
    try DaemonDouble.with(Self.answer) { scene, daemon in
      let once = try scene.ask(daemon, "top", "--once")
      #expect(once.code == 0 && once.output == text(first, nil) + "\n")
      let twice = try scene.ask(daemon, "top", "-n", "2", "--interval", "20ms")
      #expect(twice.code == 0 && twice.lines.count(where: { $0.hasPrefix("HANDLER ") }) == 2)
      #expect(daemon.requests.prefix(2) == [.status, .channels(limit: 20)])
      let both = try scene.ask(daemon, "top", "-n", "2", "--once")
      #expect(both.code == 2)
    }
  }

  @Test func endsWithThoseWhoReadIt() throws {
    try DaemonDouble.with(Self.answer) { scene, daemon in
      let ended = try scene.shell(
        "TRANSOM_SOCKET='\(daemon.socket)'; export TRANSOM_SOCKET; transom top -i 10ms | head -1"
      )
      #expect(ended.output == "serving 120 channels, all is well\n")
    }
  }

  @Test func isAnObjectForEachLook() throws {
    try DaemonDouble.with(Self.answer) { scene, daemon in
      let outcome = try scene.ask(daemon, "top", "--json", "-n", "2", "-i", "20ms")
      #expect(outcome.code == 0 && outcome.lines.count == 2)
      for line in outcome.lines {
        #expect(Array(line.utf8) == first.json())
        _ = try JSONText(validating: Array(line.utf8))
      }
      #expect(daemon.requests.contains(.channels(limit: .max)))
    }
  }

  @Test func isDrawnInPlaceOnATerminalAndLeavesItAsItWas() throws {
    try DaemonDouble.with(Self.answer) { scene, daemon in
      for (keys, status) in [("q", 0), ("\u{3}", 130)] as [(String, Int32)] {
        let terminal = try PseudoTerminal(columns: 100, rows: 20)
        let program = try CommandScene.program
        let words = ["env", "-u", "NO_COLOR", "TERM=xterm", program, "top", "-i", "20ms", "--socket", daemon.socket]
        let run = try terminal.start(words)
        let begin = terminal.shown(until: "q ends")
        #expect(begin.hasPrefix("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H"), "\(begin)")
        #expect(begin.contains("\u{1B}[32mserving 120 channels, all is well\u{1B}[0m\u{1B}[K\r"))
        #expect(!terminal.isCooked)
        // It is drawn again and again, over itself.
        #expect(terminal.shown(until: "q ends").contains("\u{1B}[H"))
        terminal.type(keys)
        #expect(terminal.shown(until: "\u{1B}[?1049l").hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
        #expect(run.wait() == status)
        #expect(terminal.isCooked)
      }
      #expect(daemon.requests.contains(.channels(limit: 20)))
    }
  }

  @Test func leavesTheTerminalAsItWasWhenTheDaemonEnds() throws {
    let isGone = Latch()
    try DaemonDouble.with { request throws(ChannelError) in
      if isGone.isOpen { throw ChannelError(.closed, at: "/s", "the daemon is ending", hint: "wait") }
      return try Self.answer(request)
    } _: { scene, daemon in
      let terminal = try PseudoTerminal(columns: 100, rows: 20)
      let program = try CommandScene.program
      let run = try terminal.start(["env", "TERM=xterm", program, "top", "-i", "20ms", "--socket", daemon.socket])
      #expect(terminal.shown(until: "q ends").contains("q ends"))
      isGone.open()
      let end = terminal.shown(until: "(wait)")
      #expect(end.contains("\u{1B}[?25h\u{1B}[?1049l") && end.contains("/s: the daemon is ending (wait)"), "\(end)")
      #expect(run.wait() == 4)
      #expect(terminal.isCooked)
    }
  }
}
