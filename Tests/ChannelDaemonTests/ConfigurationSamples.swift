import ChannelBridge
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
    for name in ["b", "b.c"] where .random(using: &generator) { made.bridges.append(bridge(name, &generator)) }
    // What a handler takes a door must not.
    let mayHaveDoors = !made.handlers.contains { $0.side == .frontend }
    for name in ["d", "d-1"] where mayHaveDoors && .random(using: &generator) {
      made.doors.append(door(name, &generator))
    }
    return made
  }

  private static func address(_ texts: [String], _ generator: inout SeededGenerator) -> PeerAddress {
    guard let address = try? PeerAddress(pick(texts, &generator)) else { preconditionFailure("all are addresses") }
    return address
  }

  private static func bridge(_ name: String, _ generator: inout SeededGenerator) -> BridgeSetting {
    let address = address(["unix:/a/é b", "unix:@n", "tcp:[::1]:7000", "tcp:localhost:1"], &generator)
    var made = BridgeSetting(name: name, pick(BridgeSetting.Manner.allCases, &generator), address)
    made.channels = made.manner == .listen ? ["one/of them"] : texts(1, &generator)
    made.side = pick(Side.allCases, &generator)
    // What a door and handlers of these samples would take as well is refused.
    made.outward = []
    made.inward = pick([[.everything], []], &generator)
    made.acknowledgement = pick(Route.Acknowledgement.allCases, &generator)
    made.timeLimit = duration(&generator)
    if made.manner == .connect { made.connections = .random(in: 1...1_000, using: &generator) }
    made.idleTime = duration(&generator)
    made.peers = .random(in: 1...100_000, using: &generator)
    if .random(using: &generator) { made.failureLimit = .random(in: 1...1_000_000, using: &generator) }
    made.failurePause = duration(&generator)
    made.cachedMethods = texts(0, &generator)
    made.cacheTime = duration(&generator)
    made.attempts = .random(in: 1...1_000_000, using: &generator)
    made.isRepeatable = .random(using: &generator)
    made.isUnprotected = .random(using: &generator)
    return made
  }

  private static func door(_ name: String, _ generator: inout SeededGenerator) -> DoorSetting {
    let addresses = ["http:/\(name)/é b", "http:@\(name)", "http://[::1]:80\(name.utf8.count)"]
    var made = DoorSetting(name: name, address(addresses, &generator))
    made.channels = texts(1, &generator)
    // The other side may be a handler's.
    made.side = .frontend
    if .random(using: &generator) { made.tokens = path(&generator) }
    made.origins = pick([[], ["https://a.example", "null"]], &generator)
    made.hosts = pick([[], ["a.example", "b.example:81"]], &generator)
    made.connections = .random(in: 1...1_000_000, using: &generator)
    made.isUnprotected = .random(using: &generator)
    for subject in ["a", "token:b*", "user:1000"] where .random(using: &generator) {
      var rule = DoorRuleSetting(for: [subject, "anonymous"])
      rule.channels = texts(0, &generator)
      rule.methods = texts(0, &generator)
      rule.directions = pick([[], [.inward], [.outward], AccessDirection.allCases], &generator)
      if .random(using: &generator) { rule.rate = pick([0.5, 20, 1e9], &generator) }
      if .random(using: &generator) { rule.size = .random(in: 1...1 << 30, using: &generator) }
      made.rules.append(rule)
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
