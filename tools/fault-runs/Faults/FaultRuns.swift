// Round after round.

internal import ChannelMessages
internal import Glibc
internal import LinuxIO

/// Runs rounds until the time is up, and tells of each that found something.
enum FaultRuns {
  /// Answers the exit status.
  static func run(_ words: [String]) -> Int32 {
    let options: FaultOptions
    do throws(FaultOptions.Mistake) {
      options = try FaultOptions(words)
    } catch {
      say("tools/faults: \(error)")
      return 64
    }
    let seed = options.seed ?? UInt64.random(in: 1..<1_000_000_000)
    let start = KernelClock.sinceBoot()
    var seconds: Double { Double(KernelClock.sinceBoot() - start) / 1e9 }
    say(
      "seed \(seed)\(options.peers == nil ? ", without the 1.0 package: a 1.0 writer of our own takes its place" : "")"
    )
    var (count, failed, counted) = (0, 0, Tally())
    var number = options.round ?? 1
    while count < options.rounds ?? .max, count == 0 || seconds < options.seconds {
      let scenario = Scenario.draw(seed: seed, round: number, of: options.kind, hasPeer: options.peers != nil)
      let isWanted = options.only.map { word in scenario.lines.contains { $0.contains(word) } } ?? true
      if isWanted {
        let failures = run(scenario, options, &counted)
        if !failures.isEmpty { failed += 1 }
        count += 1
        if count.isMultiple(of: 25) { say("\(count) rounds in \(Int(seconds)) s, \(failed) failed") }
      }
      if options.round != nil { break }
      number += 1
    }
    say("\(count) rounds, \(failed) failed, in \(Int(seconds)) s; \(counted)")
    return failed == 0 ? 0 : 1
  }

  private static func run(_ scenario: Scenario, _ options: FaultOptions, _ tally: inout Tally) -> [String] {
    var failures: [String]
    var told: [String] = []
    var path = ""
    do {
      let round = try Round(scenario, options)
      path = round.folder.path
      round.play()
      let judge = Judge(scenario, round)
      judge.judge()
      failures = round.failures + judge.failures
      told = round.diary
      tally.add(judge.tally)
      if failures.isEmpty, !options.keeps { round.remove() }
    } catch {
      failures = ["the round cannot be run: \(error)"]
    }
    guard !failures.isEmpty else { return [] }
    say("\nFAILED: seed \(scenario.seed), round \(scenario.round)")
    for line in scenario.lines { say("  \(line)") }
    say("what was done:")
    for line in told { say("  \(line)") }
    say("what is wrong:")
    for failure in failures.prefix(30) { say("  \(failure)") }
    if failures.count > 30 { say("  and \(failures.count - 30) more") }
    say("the channel and the logs of its programs: \(path)")
    say("again: tools/faults --seed \(scenario.seed) --round \(scenario.round) --kind \(scenario.kind.rawValue)\n")
    return failures
  }

  /// At once, also into a file: whoever waits for it sees how far it is.
  private static func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
