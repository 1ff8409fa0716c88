// What is measured in the runner's own process.

/// A row for work that no contender does.
struct Alone: Row {
  let name: String
  let unit: Unit
  var target: Target?
  /// Prepares the work: how many operations (or bytes, for a rate of megabytes) it is, and the work, which answers
  /// something that is not zero.
  let prepare: @Sendable () -> (parts: Int, work: () -> Int)

  init(
    name: String,
    unit: Unit,
    target: Target? = nil,
    prepare: @escaping @Sendable () -> (parts: Int, work: () -> Int)
  ) {
    self.name = name
    self.unit = unit
    self.target = target
    self.prepare = prepare
  }

  func begin(_ number: Int, with bench: Bench) throws -> () throws -> [Figure] {
    {
      let (parts, work) = prepare()
      let clock = ContinuousClock()
      var sum = 0
      let times = (0..<101).map { _ in clock.measure { for _ in 0..<50 { sum &+= work() } } / .seconds(1) }
      precondition(sum != 0, "the work was not done")
      let seconds = times.median / 50 / Double(parts)
      let value = unit == .megabytesPerSecond ? 1 / seconds / 1e6 : unit.value(ofSeconds: seconds)
      return [Figure(row: name, value: value, unit: unit, target: target)]
    }
  }
}
