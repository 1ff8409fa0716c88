// What a run finds out.

/// One line of the table.
struct Figure: Sendable {
  let row: String
  let value: Double
  let unit: Unit
  /// Whom it was compared with, and what that one needed.
  var contender: String?
  var other: Double?
  /// How many times the other's time ours is; how many times its messages a second, where that is counted.
  var ratio: Double?
  var target: Target?
  /// What can be asked here where the target is a figure and no ratio: machines, and moments, differ by more than the
  /// leeway.
  var pace: Double?

  /// Nil where nothing is asked.
  var isMet: Bool? { target.map { $0.isMet(by: judged(by: $0)) } }
  /// Whether CI fails because of it.
  var isFarOff: Bool {
    guard let target, !target.held.isMet(by: judged(by: target), times: Target.leeway) else { return false }
    guard let pace else { return true }
    return !Target(bound: pace, isUpper: target.isUpper, judges: .value).isMet(by: value, times: Target.leeway)
  }

  private func judged(by target: Target) -> Double { target.judges == .ratio ? ratio ?? .infinity : value }
}

enum Unit: String, Sendable {
  case microseconds = "µs"
  case milliseconds = "ms"
  case messagesPerSecond = "messages/s"
  case requestsPerSecond = "requests/s"
  case megabytes = "MB"
  case megabytesPerSecond = "MB/s"
  case percent = "% CPU"
  case wakeUps = "wake-ups/min"
  case nanoseconds = "ns"

  /// How many operations a second, or how long for one.
  var isRate: Bool { self == .messagesPerSecond || self == .requestsPerSecond || self == .megabytesPerSecond }

  /// From so many seconds for one operation.
  func value(ofSeconds seconds: Double) -> Double {
    switch self {
    case .nanoseconds: seconds * 1e9
    case .microseconds: seconds * 1e6
    case .milliseconds: seconds * 1e3
    case .messagesPerSecond, .requestsPerSecond: 1 / seconds
    case .megabytes, .megabytesPerSecond, .percent, .wakeUps: preconditionFailure("\(rawValue) is no time")
    }
  }
}

/// What is asked of a figure.
struct Target: Sendable {
  enum Judged: Sendable { case ratio, value }

  /// CI fails when a figure is worse than its target by more than this factor: machines differ that much.
  static let leeway = 1.3

  let bound: Double
  let isUpper: Bool
  let judges: Judged
  /// What is reached at present where that is known to be far from the target: CI holds a figure against this, so that it
  /// becomes no worse, and says of the target that it is missed.
  var reached: Double?

  /// The same target, of which no more than that is reached at present.
  func reached(_ bound: Double) -> Target {
    var target = self
    target.reached = bound
    return target
  }

  /// What CI holds a figure against.
  var held: Target { Target(bound: reached ?? bound, isUpper: isUpper, judges: judges) }

  static func ratio(atMost bound: Double) -> Target { Target(bound: bound, isUpper: true, judges: .ratio) }
  static func ratio(atLeast bound: Double) -> Target { Target(bound: bound, isUpper: false, judges: .ratio) }
  static func value(atMost bound: Double) -> Target { Target(bound: bound, isUpper: true, judges: .value) }
  static func value(atLeast bound: Double) -> Target { Target(bound: bound, isUpper: false, judges: .value) }

  func isMet(by value: Double, times leeway: Double = 1) -> Bool {
    isUpper ? value <= bound * leeway : value >= bound / leeway
  }
}
