import ChannelDaemon
import ChannelMessages
import TestSupport

/// Configurations of every shape that a file can bring about.
enum ConfigurationSamples {
  private static let letters = [
    "a", "Z", "0", "é", "𝄞", "\"", "\\", "#", " ", "]", "=", "\n", "\t", "\u{7F}", "\u{1B}", "'",
  ]

  static func configuration(_ generator: inout SeededGenerator) -> Configuration {
    let roots = (0...2).prefix(Int.random(in: 1...3, using: &generator)).map { "/\($0)" + name(&generator) }
    var made = Configuration(roots: roots, state: path(&generator), admin: path(&generator))
    made.log.form = pick(LogSetting.Form.allCases, &generator)
    made.log.level = pick(LogLevel.allCases, &generator)
    made.log.showsPayloads = .random(using: &generator)
    made.drainLimit = duration(&generator)
    for part in LogPart.allCases where .random(using: &generator) {
      made.log.parts[part] = pick(LogLevel.allCases, &generator)
    }
    switch Int.random(in: 0...2, using: &generator) {
    case 0: made.metrics = .socket(path: path(&generator))
    case 1: made.metrics = .loopback(port: .random(in: 1...65_535, using: &generator))
    default: break
    }
    for name in ["a", "a.b", "b-1", "-", "1"] where .random(using: &generator) {
      made.handlers.append(handler(name, &generator))
    }
    return made
  }

  private static func handler(_ name: String, _ generator: inout SeededGenerator) -> HandlerSetting {
    let command = [Bool.random(using: &generator) ? "cat" : path(&generator), text(&generator), "", "~/x"]
    var made = HandlerSetting(name: name, manner: pick(HandlerSetting.Manner.allCases, &generator), command: command)
    made.channels = texts(1, &generator)
    made.side = pick(Side.allCases, &generator)
    made.methods = texts(0, &generator)
    made.events = texts(made.methods.isEmpty ? 1 : 0, &generator)
    made.concurrency = .random(in: 1...1_024, using: &generator)
    if .random(using: &generator) { made.rate = pick([0.1, 1, 1e-9, 1e30, 123.456, 2e-300], &generator) }
    made.timeLimit = duration(&generator)
    made.grace = pick([.zero, duration(&generator)], &generator)
    made.attempts = .random(in: 1...1_000_000, using: &generator)
    made.backoff.first = duration(&generator)
    made.backoff.longest = made.backoff.first + duration(&generator)
    made.outputLimit = pick([1, 1 << 30, .random(in: 1...1 << 30, using: &generator)], &generator)
    if .random(using: &generator) { made.memoryLimit = .random(in: 1 << 20...1 << 50, using: &generator) }
    made.isRepeatable = .random(using: &generator)
    for variable in ["A", "a b", "é", "a.b", "\""] where .random(using: &generator) {
      made.environment[variable] = pick(["", text(&generator)], &generator)
    }
    if .random(using: &generator) { made.directory = path(&generator) }
    return made
  }

  private static func duration(_ generator: inout SeededGenerator) -> Duration {
    let units: [Int64] = [1, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000]
    return .nanoseconds(.random(in: 1...4_000, using: &generator) * pick(units, &generator))
  }

  private static func texts(_ least: Int, _ generator: inout SeededGenerator) -> [String] {
    var texts: [String] = []
    for _ in 0..<Int.random(in: least...3, using: &generator) { texts.append(text(&generator)) }
    return texts
  }

  private static func path(_ generator: inout SeededGenerator) -> String { "/" + name(&generator) }

  private static func name(_ generator: inout SeededGenerator) -> String { "x" + text(&generator) }

  private static func text(_ generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 1...6, using: &generator) { text += pick(letters, &generator) }
    return text
  }

  private static func pick<Element>(_ all: [Element], _ generator: inout SeededGenerator) -> Element {
    all[Int.random(in: all.indices, using: &generator)]
  }
}
