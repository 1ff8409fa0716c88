// transom top

internal import ChannelAdmin
internal import LinuxIO
internal import Transom

struct TopVerb: VerbProgram {
  static let name = Verb.Name.top

  static let row = Verb(
    .top,
    "show live what handlers and channels do",
    examples: [
      Verb.Example("transom top", "a page that is drawn anew each second, until q or Ctrl-C"),
      Verb.Example("transom top --once", "how it is now, as plain text"),
      Verb.Example("transom top --json -n 60 | jq .status.handlers[0].handled", "a minute, for a program"),
    ],
    options: [
      Option(.count, short: "n", .count(1...Int.max), "end after so many looks, which are printed one below the other"),
      Option(.once, .none, "the same as --count 1"),
      Option(.interval, short: "i", .duration, standard: "1s", "look so often"),
      .json, .socket,
    ],
    notes: [
      "PER S, and the times in which half and 99 % of the messages were done with, are of what happened since the look before; the first look knows no rates, and tells the times of all messages. NOW is how many messages handlers have of a channel, UNREAD how far the reader is behind that is farthest behind, and LAST how long ago a message came. Channels in which most goes on come first. Of a bridge, REQUESTS and EVENTS are those in both directions; of a door, REQUESTS are those that it answered.",
      "Off a terminal, and with a count, 20 channels at most are shown; with --json all, one object for each look.",
    ]
  )

  /// So many channels where there is no height that has an end.
  private static let plainLimit = 20
  private static let shortestInterval = Duration.milliseconds(10)

  private let daemon: RunningDaemon
  private let around: Surroundings
  private let interval: Duration
  private let isJSON: Bool
  private let count: Int?

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    if invocation.has(.once), invocation.has(.count) {
      throw UsageError("--once and --count do not go together", hint: "--once is --count 1")
    }
    let verb = TopVerb(
      daemon: try invocation.daemon(),
      around: around,
      interval: max(shortestInterval, invocation.duration(.interval) ?? .seconds(1)),
      isJSON: invocation.has(.json),
      count: invocation.has(.once) ? 1 : invocation.count(.count)
    )
    let canDraw = ProcessEnvironment.value(of: "TERM") != "dumb"
    if around.isForPerson, canDraw, verb.count == nil, let keys = TerminalKeys() {
      try verb.show(keys)
    } else {
      try verb.print()
    }
    return 0
  }

  private func sample(limit: Int) throws(ChannelError) -> TopSample {
    // Status first: its time is that of the rates.
    let status = try daemon.status()
    return TopSample(status, try daemon.channels(limit: limit))
  }

  // MARK: A page

  /// Draws until somebody has had enough, and leaves the terminal as it was.
  private func show(_ keys: TerminalKeys) throws {
    let screen = TerminalScreen(around.output)
    let leave: @Sendable () -> Void = {
      screen.close()
      keys.end()
    }
    around.interruption.beforeEnd(leave)
    defer { leave() }
    let never = try WakeDescriptor()
    var before: TopSample?
    while true {
      let size = Terminal.size(behind: 1) ?? Terminal.Size(columns: Surroundings.width, rows: 24)
      let now = try sample(limit: size.rows)
      try screen.draw(TopLayout(now, before: before, size: size, style: around.style).lines())
      before = now
      around.interruption.parkIfEnding()
      let deadline = ContinuousClock.now.advanced(by: interval)
      while true {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { break }
        guard let hit = try keys.next(or: never.number, within: left) else { return }
        if hit.contains(where: { "qQ".utf8.contains($0) }) { return }
        // Any other key looks at once.
        if !hit.isEmpty { break }
      }
    }
  }

  // MARK: Text

  private func print() throws {
    around.interruption.endWithReader(of: around.output)
    var before: TopSample?
    var left = count ?? .max
    while left > 0 {
      let now = try sample(limit: isJSON ? .max : Self.plainLimit)
      if isJSON {
        try around.output.addLine(now.json())
      } else {
        let text = TopLayout(now, before: before, size: nil, style: around.style).lines().joined(separator: "\n")
        try around.output.add((before == nil ? "" : "\n") + text + "\n")
      }
      before = now
      left -= 1
      try around.interruption.whole(isLast: left == 0) { try around.output.flush() }
      if left > 0 { KernelClock.pause(interval) }
    }
  }
}

extension Verb.Name {
  package static let top = Self(rawValue: "top")
}
