// Values of all kinds, as many as one likes.

import ChannelAdmin
import ChannelMessages
import ChannelModel
import TestSupport
import Transom

/// Makes requests and answers up, the same for the same seed.
struct AdminSamples {
  private var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
  private mutating func coin() -> Bool { Bool.random(using: &generator) }

  mutating func text() -> String {
    let letters: [Unicode.Scalar] = [
      "a", "/", "\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "\u{9B}", "é", "\u{2028}", "𝄞", "\u{1B}", "{", "]", " ",
    ]
    let count = below(12)
    var text = String.UnicodeScalarView()
    for _ in 0..<count { text.append(letters[below(letters.count)]) }
    return String(text)
  }

  mutating func texts() -> [String] { (0..<below(4)).map { _ in text() } }
  mutating func optionalText() -> String? { coin() ? text() : nil }

  mutating func number() -> UInt64 {
    switch below(4) {
    case 0: 0
    case 1: .max
    case 2: UInt64(below(1_000))
    default: UInt64.random(in: .min ... .max, using: &generator)
    }
  }

  mutating func count() -> Int { coin() ? below(1_000) : Int.random(in: 0 ... .max, using: &generator) }
  mutating func time() -> WallTime { WallTime(nanoseconds: number()) }
  mutating func duration() -> Duration { .nanoseconds(Int64.random(in: 0 ... .max, using: &generator)) }

  mutating func bytes() -> [UInt8] {
    if coin() { return Array(text().utf8) }
    return (0..<below(40)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

  // MARK: Requests

  mutating func selection() -> LetterSelection { LetterSelection(channel: optionalText(), method: optionalText()) }
  mutating func choice() -> LetterChoice { coin() ? .one(text()) : .all(selection()) }

  mutating func request() -> AdminRequest {
    switch below(9) {
    case 0: .status
    case 1: .channels(limit: count())
    case 2: .trace(id: text())
    case 3: .reload
    case 4: .configuration(one(of: AdminRequest.ConfigurationForm.allCases))
    case 5: .letters(selection(), after: coin() ? number() : nil, limit: count())
    case 6: .letter(text())
    case 7: .retry(choice())
    default: .drop(choice())
    }
  }

  // MARK: Answers

  mutating func histogram() -> TimeHistogram {
    let counts = (0...TimeHistogram.bounds.count).map { _ in number() }
    guard let histogram = TimeHistogram(counts: counts, sum: duration()) else {
      preconditionFailure("there is a count for each bucket")
    }
    return histogram
  }

  mutating func handler() -> HandlerStatus {
    var handler = HandlerStatus(text(), one(of: HandlerStatus.Manner.allCases), concurrency: count())
    handler.running = count()
    handler.waiting = count()
    handler.handled = number()
    handler.failed = number()
    handler.postponed = number()
    handler.restarts = number()
    handler.trouble = optionalText()
    handler.times = histogram()
    return handler
  }

  mutating func bridge() -> BridgeStatus {
    var bridge = BridgeStatus(text(), one(of: BridgeStatus.Kind.allCases), place: text())
    bridge.channelCount = count()
    bridge.connections = count()
    bridge.requestsOut = number()
    bridge.requestsIn = number()
    bridge.eventsOut = number()
    bridge.eventsIn = number()
    bridge.dropped = number()
    bridge.refused = number()
    bridge.trouble = optionalText()
    return bridge
  }

  mutating func status() -> DaemonStatus {
    var configuration = DaemonStatus.Configuration(files: texts(), loaded: time())
    configuration.reloadCount = number()
    configuration.failedReloadCount = number()
    configuration.problem = optionalText()
    var status = DaemonStatus(
      version: text(),
      process: Int32.random(in: 0 ... .max, using: &generator),
      began: time(),
      asked: time(),
      phase: one(of: DaemonStatus.Phase.allCases),
      configuration: configuration
    )
    status.roots = (0..<below(3)).map { _ in DaemonStatus.Root(text(), trouble: optionalText()) }
    status.channels.known = count()
    status.channels.open = count()
    status.channels.troubled = count()
    status.handlers = (0..<below(3)).map { _ in handler() }
    status.bridges = (0..<below(3)).map { _ in bridge() }
    status.letterCount = count()
    status.lostLogLineCount = number()
    status.residentBytes = count()
    status.processorTime = duration()
    status.descriptorCount = count()
    return status
  }

  mutating func channel() -> ChannelStatus {
    var channel = ChannelStatus(path: text(), name: text(), phase: one(of: ChannelStatus.Phase.allCases))
    channel.requests = number()
    channel.events = number()
    channel.failed = number()
    channel.dead = number()
    channel.inFlight = count()
    channel.active = coin() ? time() : nil
    channel.readers = (0..<below(3)).map { _ in
      let direction = one(of: Direction.allCases)
      return ChannelStatus.Reader(text(), direction, unread: number(), age: coin() ? duration() : nil)
    }
    channel.missed = number()
    channel.isWrittenInPlace = coin()
    channel.trouble = optionalText()
    return channel
  }

  mutating func letter() -> DeadLetter {
    DeadLetter(
      number: number(),
      channel: text(),
      direction: one(of: Direction.allCases),
      id: text(),
      sequence: SequenceNumber(number()),
      kind: one(of: MessageKind.allCases),
      method: optionalText(),
      reason: one(of: DeadLetter.Reason.allCases),
      attempts: number(),
      first: DeadLetter.Failure(text(), at: time()),
      last: DeadLetter.Failure(text(), at: time()),
      byteCount: count()
    )
  }

  mutating func report() -> ReloadReport {
    var report = ReloadReport()
    for kind in [\ReloadReport.handlers, \.bridges, \.doors] {
      report[keyPath: kind].added = texts()
      report[keyPath: kind].changed = texts()
      report[keyPath: kind].removed = texts()
    }
    report.rootsAdded = texts()
    report.rootsRemoved = texts()
    report.filesChanged = texts()
    report.sentAway = below(3)
    report.flaws = texts()
    report.keysForNextStart = texts()
    return report
  }

  mutating func answer() -> AdminAnswer {
    switch below(8) {
    case 0: .status(status())
    case 1: .channels((0..<below(4)).map { _ in channel() })
    case 2:
      .steps(
        (0..<below(4)).map { _ in
          TraceStep(one(of: TraceStep.Kind.allCases), at: time(), channel: text(), detail: text())
        }
      )
    case 3: .reloaded(report())
    case 4: .configuration(text())
    case 5: .letters((0..<below(4)).map { _ in letter() })
    case 6: .letter(letter(), message: bytes())
    default: .letterCount(count())
    }
  }

  mutating func error() -> ChannelError {
    ChannelError(one(of: Array(ChannelError.Code.allCases)), at: text(), text(), hint: "h" + text())
  }
}
