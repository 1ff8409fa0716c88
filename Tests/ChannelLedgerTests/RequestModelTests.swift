// Random lives of a request ledger beside a model that is a dictionary.

import ChannelMessages
import ChannelModel
import LinuxIO
import TestSupport
import Testing
import Transom

@testable import ChannelLedger

@Suite(.timeLimit(.minutes(2))) struct RequestModelTests {
  private struct Model {
    enum State: Hashable { case running, settled(RequestOutcome), interrupted }

    struct Known {
      var state: State
      var isRepeatable: Bool
      var run: RequestRun?
    }

    var known: [String: Known] = [:]
    /// As it was when it was committed last.
    var committed: [String: Known] = [:]

    /// The process ends.
    mutating func end() {
      known = committed
      for (id, entry) in known where entry.state == .running {
        if entry.isRepeatable { known[id] = nil } else { known[id]?.state = .interrupted }
      }
      committed = known
    }
  }

  private static func outcome(_ random: inout SeededGenerator) -> RequestOutcome {
    let length = [0, 1, 200, 5_000].randomElement(using: &random) ?? 0
    let text = String((0..<length).map { _ in ["a", "é", "\u{0}", "🜚"].randomElement(using: &random) ?? "b" })
    return Bool.random(using: &random) ? .error(text) : .json("\"\(length)\(String(repeating: "x", count: length))\"")
  }

  /// A life and all that it has met.
  private struct Life {
    var random: SeededGenerator
    var model = Model()
    var tally: [String: Int] = [:]

    /// One thing that happens; whether the process ends with it.
    mutating func step(_ scene: LedgerScene, _ place: String) throws -> Bool {
      let ledger = try #require(scene.ledger)
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<9: try ask(ledger, scene, place)
      case 9..<15: settle(ledger, scene)
      case 15..<18:
        try ledger.commit()
        model.committed = model.known
      case 18:
        _ = try ledger.tend(now: scene.now)
        scene.pass(.seconds(1))
      default: return true
      }
      return false
    }

    private mutating func ask(_ ledger: Ledger, _ scene: LedgerScene, _ place: String) throws {
      let id = "\(Int.random(in: 0..<60, using: &random))"
      let isRepeatable = Bool.random(using: &random)
      let key = ledger.requests.scope(of: "/c", .backendToFrontend).key(of: id)
      let told = try ledger.requests.begin(key, handler: "h", isRepeatable: isRepeatable, now: scene.now)
      switch (told, model.known[id]?.state) {
      case (.fresh(let run), nil):
        model.known[id] = Model.Known(state: .running, isRepeatable: isRepeatable, run: run)
        tally["fresh", default: 0] += 1
      case (.running, .running): tally["running", default: 0] += 1
      case (.interrupted, .interrupted): tally["interrupted", default: 0] += 1
      case (.settled(let outcome), .settled(let expected)):
        #expect(outcome == expected, "\(place)")
        tally["settled", default: 0] += 1
      case (_, let expected):
        Issue.record("\(place), id \(id): \(told) and not \(String(describing: expected))")
      }
    }

    private mutating func settle(_ ledger: Ledger, _ scene: LedgerScene) {
      let running = model.known.filter { $0.value.state == .running }
      guard let id = running.keys.sorted().randomElement(using: &random), let run = running[id]?.run else { return }
      let outcome = RequestModelTests.outcome(&random)
      ledger.requests.settle(run, outcome, now: scene.now)
      model.known[id]?.state = .settled(outcome)
    }
  }

  @Test(arguments: 0..<UInt64(40)) func answersAsTheModelDoes(_ seed: UInt64) throws {
    try withScratchDirectory { scratch in
      let scene = LedgerScene(scratch)
      try scene.reopen()
      var life = Life(random: SeededGenerator(seed: seed))
      for step in 0..<600 {
        if try life.step(scene, "seed \(seed), step \(step)") {
          life.model.end()
          try scene.reopen()
        }
      }
      #expect(scene.ledger?.requests.count == life.model.known.count)
      // It has met all there is.
      #expect(life.tally.count == 4, "\(life.tally)")
    }
  }
}
