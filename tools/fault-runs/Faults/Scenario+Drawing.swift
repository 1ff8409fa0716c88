// How scenarios are drawn.

internal import ChannelMessages
internal import TestSupport

extension Scenario {
  /// The round of that number; `hasPeer` says whether the 1.0 package is there. Where nobody names a kind every third is
  /// about a bridge.
  static func draw(seed: UInt64, round: Int, of kind: Kind?, hasPeer: Bool) -> Scenario {
    let chance = SeededGenerator(seed: seed &+ UInt64(round) &* 0x9E37_79B9)
    let scenario = Scenario(seed: seed, round: round)
    if kind ?? (round.isMultiple(of: 3) ? .bridge : .channel) == .bridge {
      return scenario.bridged(using: chance)
    }
    var draw = Draw(chance: chance, scenario: scenario, hasPeer: hasPeer)
    draw.all()
    return draw.scenario
  }

  private struct Draw {
    var chance: SeededGenerator
    var scenario: Scenario
    let hasPeer: Bool

    mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &chance) < percent }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }
    mutating func one<Value>(of values: [Value]) -> Value { values[number(0...values.count - 1)] }

    mutating func all() {
      let side = one(of: Side.allCases)
      let withPeers = happens(65)
      add(.write, side, number(withPeers ? 0...2 : 1...3))
      add(.write, side.other, number(0...1))
      add(.read, side.other, number(1...2))
      add(.read, side, 1)
      if withPeers {
        add(hasPeer ? .peerWrite : .plainWrite, side, number(0...2))
        add(hasPeer ? .peerWrite : .plainWrite, side.other, number(0...1))
        if hasPeer {
          add(.peerRead, side.other, number(0...1))
          add(.peerRead, side, number(0...1))
        }
      }
      if happens(25) {
        add(.request, side, 1)
        add(.respond, side.other, 1)
      }
      if happens(40) {
        for _ in 0..<number(1...2) { intrude(side) }
      }
      scenario.milliseconds = number(800...2_500)
      if happens(60) { drawBreakpoints() }
      if happens(70) { drawActs() }
    }

    private mutating func add(_ role: Program.Role, _ side: Side, _ count: Int) {
      let letters: [Program.Role: String] = [
        .write: "w", .read: "r", .request: "q", .respond: "a", .peerWrite: "pw", .peerRead: "pr", .plainWrite: "pw",
      ]
      for _ in 0..<count {
        let place = scenario.programs.count { $0.role == role }
        var program = Program(name: "\(letters[role] ?? "x")\(place)", role: role, side: side)
        program.options = options(of: role)
        scenario.programs.append(program)
      }
    }

    private mutating func options(of role: Program.Role) -> [String] {
      var options: [String] = []
      switch role {
      case .write:
        options.append("pace=\(one(of: [100, 500, 2_000, 2_000, 10_000, 50_000]))")
        if happens(25) { options.append("batch=\(one(of: [3, 20, 150]))") }
        if happens(20) { options.append("within=\(one(of: [1, 20, 200]))") }
        if happens(15) { options.append("clear=\(one(of: [10, 50, 200]))") }
      case .read:
        options.append("saving=\(happens(50) ? "each" : "coalesced")")
        if happens(20) { options.append("pace=\(one(of: [200, 2_000]))") }
      case .peerWrite, .plainWrite: options.append("pace=\(one(of: [0, 500, 3_000, 20_000]))")
      case .peerRead: options.append("pace=\(one(of: [2_000, 20_000, 100_000]))")
      case .request: options.append("pace=\(one(of: [1_000, 10_000]))")
      case .respond, .intrude, .bridge, .talk: break
      }
      return options
    }

    private mutating func intrude(_ side: Side) {
      let kind = one(of: Intrusion.allCases)
      let place = scenario.programs.count { $0.role == .intrude }
      var program = Program(name: "i\(place)", role: .intrude, side: side)
      program.intrusion = kind
      program.options = ["kind=\(kind.rawValue)", "seed=\(number(1...1_000_000))"]
      if kind == .deleter {
        program.options.append("files=\(one(of: ["projected", "ids", "project.lock", "projected+ids+project.lock"]))")
      }
      scenario.programs.append(program)
    }

    private mutating func drawBreakpoints() {
      let ours = scenario.programs.indices.filter { scenario.programs[$0].isOurs }
      for _ in 0..<number(1...2) {
        let place = one(of: ours)
        scenario.programs[place].breakpoints = (0..<number(1...4)).map { _ in
          let effect: Breakpoint.Effect = happens(75) ? .kill : .stop
          if happens(35) { return Breakpoint(nil, "", count: number(1...800), effect) }
          let named = one(of: Breakpoint.named)
          return Breakpoint(named.call, named.subject, count: number(1...(happens(50) ? 5 : 60)), effect)
        }
      }
    }

    private mutating func drawActs() {
      for _ in 0..<number(1...6) {
        let time = number(50...scenario.milliseconds)
        let program = number(0...scenario.programs.count - 1)
        let isLong = happens(10)
        let deed: Deed =
          happens(50) ? .kill : .stop(milliseconds: isLong ? number(5_200...6_500) : number(20...1_200))
        scenario.acts.append(Act(time: time, program: program, deed: deed))
      }
      scenario.acts.sort { $0.time < $1.time }
    }
  }
}
