// Contenders that take turns.

/// A row whose contenders do the same work: ours first, and what it is held against.
struct Comparison: Row {
  struct Rival: Sendable {
    let contender: Contender
    let target: Target?
    /// Where the machine of the moment does not let ours reach the row's target, so many times this one's figure is what
    /// ours is held against.
    let pace: Double?
    /// What ours may take more than this one does, where that is asked.
    let added: Target?

    init(_ contender: Contender, _ target: Target? = nil, pace: Double? = nil, added: Target? = nil) {
      self.contender = contender
      self.target = target
      self.pace = pace
      self.added = added
    }
  }

  let name: String
  let unit: Unit
  let ours: Contender
  let rivals: [Rival]
  /// How often the work is done in one slice; when nil, as often as fits into a slice's time.
  var sliceCount: Int?
  /// Whether it is measured once more on a disk, without a target: the floor itself drifts there.
  var alsoOnDisk = false
  /// A target that is not held against a contender.
  var target: Target?

  var contenders: [Contender] { [ours] + rivals.map(\.contender) }

  func begin(_ number: Int, with bench: Bench) throws -> () throws -> [Figure] {
    { try measure(number, with: bench) }
  }

  private func measure(_ number: Int, with bench: Bench) throws -> [Figure] {
    var figures = try measure(number, in: bench.memory, with: bench)
    if alsoOnDisk, let disk = bench.disk {
      figures += try measure(number, in: disk, with: bench).map { figure in
        var figure = figure
        figure.target = nil
        return figure.renamed("\(figure.row), on disk (\(disk.kind))")
      }
    }
    return figures
  }

  private func measure(_ number: Int, in area: Area, with bench: Bench) throws -> [Figure] {
    var teams: [Team?] = []
    for (place, contender) in contenders.enumerated() {
      do {
        teams.append(try Team(contender, row: number, place: place, folder: area.newFolder(), count: sliceCount))
      } catch let skipped as Skipped {
        bench.remark("\(name): without \(contender.name): \(skipped.reason)")
        teams.append(nil)
      }
    }
    guard let own = teams[0] else { return [] }
    // A round's figure is the median of its slices, which are short, so that what disturbs one disturbs its neighbours.
    var rounds = [[Double]](repeating: [], count: teams.count)
    for _ in 0..<bench.effort.rounds {
      var slices = [[Double]](repeating: [], count: teams.count)
      for _ in 0..<bench.effort.slices {
        for (place, team) in teams.enumerated() {
          guard let team else { continue }
          slices[place].append(try team.slice(of: bench.effort.sliceTime))
        }
      }
      for place in teams.indices where teams[place] != nil { rounds[place].append(slices[place].median) }
    }
    let seconds = rounds.map { $0.isEmpty ? .nan : $0.median }
    withExtendedLifetime(own) {}
    return figures(rounds: rounds, seconds: seconds)
  }

  private func figures(rounds: [[Double]], seconds: [Double]) -> [Figure] {
    let value = unit.value(ofSeconds: seconds[0])
    var figures: [Figure] = []
    if let target {
      let pace = zip(rivals, seconds.dropFirst()).compactMap { rival, seconds in
        rival.pace.map { $0 * unit.value(ofSeconds: seconds) }
      }.first
      figures.append(Figure(row: name, value: value, unit: unit, target: target, pace: pace))
    }
    for (place, rival) in rivals.enumerated() {
      let others = rounds[place + 1]
      guard !others.isEmpty else { continue }
      // The ratio is taken round by round: what slows a whole round down slows both down.
      let ratio = zip(rounds[0], others).map { unit.isRate ? $1 / $0 : $0 / $1 }.median
      figures.append(
        Figure(
          row: name,
          value: value,
          unit: unit,
          contender: rival.contender.name,
          other: unit.value(ofSeconds: seconds[place + 1]),
          ratio: ratio,
          target: rival.target
        )
      )
      guard let added = rival.added else { continue }
      let more = zip(rounds[0], others).map { $0 - $1 }.median
      figures.append(
        Figure(
          row: "\(name), more than \(rival.contender.name)",
          value: unit.value(ofSeconds: more),
          unit: unit,
          target: added
        )
      )
    }
    if figures.isEmpty { figures.append(Figure(row: name, value: value, unit: unit)) }
    return figures
  }
}

/// The processes of one contender.
private final class Team {
  private let workers: [WorkerProcess]
  private let working: [WorkerProcess]
  private var count: Int
  private let isFixed: Bool

  init(_ contender: Contender, row: Int, place: Int, folder: String, count: Int?) throws {
    var workers: [WorkerProcess] = []
    var working: [WorkerProcess] = []
    for (end, kind) in contender.ends.enumerated() {
      let worker = try WorkerProcess(row: row, contender: place, end: end, folder: folder)
      workers.append(worker)
      if kind.isServer { continue }
      working.append(worker)
    }
    self.workers = workers
    self.working = working
    self.count = count ?? 1
    isFixed = count != nil
    // The first slices warm up, and find out how much work fits into one.
    while !isFixed, try slice(of: 0.001) * Double(self.count) < 0.0005 {}
  }

  /// Does one slice of work and answers how many seconds one operation took.
  func slice(of time: Double) throws -> Double {
    for worker in working { try worker.begin(count) }
    let spans = try working.map { try $0.finish() }
    let start = spans.map(\.start).min() ?? 0
    let end = spans.map(\.end).max() ?? 0
    let seconds = Double(end - start) / 1e9 / Double(count)
    if !isFixed { count = max(1, min(count * 10, Int(time / max(seconds, 1e-9)))) }
    return seconds
  }
}

extension Array where Element == Double {
  /// The middle one; the lower of the two in the middle.
  var median: Double { sorted()[(count - 1) / 2] }
}

extension Figure {
  func renamed(_ row: String) -> Figure {
    Figure(row: row, value: value, unit: unit, contender: contender, other: other, ratio: ratio, target: target)
  }
}
