// How scenarios with a bridge are drawn.

internal import ChannelMessages
internal import TestSupport

extension Scenario {
  /// The same round with a bridge as the backend, and programs of ours as the frontend: they tell each other numbered events
  /// and ask each other, whatever the other end and the kill signals do.
  func bridged(using chance: SeededGenerator) -> Scenario {
    var chance = chance
    var scenario = self
    func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &chance) < percent }
    func one(of values: [String]) -> String { values.randomElement(using: &chance) ?? values[0] }
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }

    let place = FarPlace(isListening: happens(50), isPort: happens(50))
    scenario.place = place
    scenario.milliseconds = number(300...1_000)
    var bridge = Program(name: "b0", role: .bridge, side: .backend)
    // Whoever was asked and never answers is not waited for longer than whoever asked waits.
    bridge.options = ["--ack", "peer", "--timeout", one(of: ["1s", "2s", "30s"])]
    if place.isListening { bridge.options.append("--listen") }
    var far = Program(name: "p0", role: .talk, side: .backend)
    far.options = ["seed=\(number(1...1_000_000))", place.isListening ? "most=\(number(1...3))" : "listens=yes"]
    var reader = Program(name: "r0", role: .read, side: .frontend)
    reader.options = ["saving=\(happens(50) ? "each" : "coalesced")"]
    var asker = Program(name: "q0", role: .request, side: .frontend)
    asker.options = ["calm=yes", "pace=\(one(of: ["0", "1000", "10000"]))"]
    let answerer = Program(name: "a0", role: .respond, side: .frontend)
    let writers = (0..<number(1...2)).map { place in
      var writer = Program(name: "w\(place)", role: .write, side: .frontend)
      writer.options = ["pace=\(one(of: ["200", "2000", "2000", "20000"]))"]
      if happens(25) { writer.options.append("batch=\(one(of: ["3", "20", "150"]))") }
      return writer
    }
    scenario.programs = [bridge, far, reader, asker, answerer] + writers

    // Half of the rounds leave the bridge alive: then all has to come once.
    if happens(50) {
      for _ in 0..<number(1...3) {
        scenario.acts.append(Act(time: number(10...scenario.milliseconds), program: 0, deed: .kill))
      }
    }
    let stopped = [0, 0, 1, 2] + writers.indices.map { 5 + $0 }
    for _ in 0..<number(0...3) {
      let program = stopped.randomElement(using: &chance) ?? 0
      let isKilled = program >= 5 && happens(40)
      let deed: Deed = isKilled ? .kill : .stop(milliseconds: number(5...300))
      scenario.acts.append(Act(time: number(10...scenario.milliseconds), program: program, deed: deed))
    }
    scenario.acts.sort { $0.time < $1.time }
    return scenario
  }
}
