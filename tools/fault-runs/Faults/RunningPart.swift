// A program of a round while it runs.

internal import Glibc

/// Starts a program, and again when it was killed; ends with the object.
final class RunningPart {
  enum State: Equatable {
    case running
    case stopped(until: Int)
    case killed(restartAt: Int)
    case ended(Int32)
  }

  let program: Scenario.Program
  private(set) var state = State.running
  private(set) var incarnation = 0
  private(set) var number: Int32 = 0
  private let start: (Scenario.Program, _ name: String, _ incarnation: Int) -> Int32
  /// Whether a kill of ours is on its way.
  private var isExpectedToDie = false

  init(
    _ program: Scenario.Program,
    start: @escaping (Scenario.Program, _ name: String, _ incarnation: Int) -> Int32
  ) {
    self.program = program
    self.start = start
    launch()
  }

  deinit { end() }

  /// The names of the logs of all its incarnations.
  var names: [String] { (1...incarnation).map { "\(program.name).\($0)" } }

  var isOver: Bool { if case .ended = state { true } else { false } }

  private func launch() {
    incarnation += 1
    isExpectedToDie = false
    number = start(program, names[incarnation - 1], incarnation)
    state = .running
  }

  func carryOut(_ deed: Scenario.Deed, at now: Int) {
    guard !isOver, !isAwaitingRestart else { return }
    switch deed {
    case .kill:
      isExpectedToDie = true
      kill(number, SIGKILL)
    case .stop(let milliseconds):
      kill(number, SIGSTOP)
      state = .stopped(until: now + milliseconds)
    }
  }

  private var isAwaitingRestart: Bool { if case .killed = state { true } else { false } }

  /// Has a stopped one go on at once, and a killed one begin again.
  func hurry() {
    switch state {
    case .stopped: state = .stopped(until: 0)
    case .killed: state = .killed(restartAt: 0)
    case .running, .ended: break
    }
  }

  /// Looks after it.
  func tend(at now: Int, restartPause: Int) {
    if case .killed(let time) = state {
      if now >= time { launch() }
      return
    }
    if isOver { return }
    var raw: Int32 = 0
    if unsafe waitpid(number, &raw, WNOHANG | WUNTRACED) == number {
      if raw & 0xFF == 0x7F {
        // By itself, at a breakpoint; a stop of ours is known already.
        if case .running = state { state = .stopped(until: now + 30 + restartPause) }
      } else if raw & 0x7F == SIGKILL, isExpectedToDie || incarnation <= program.breakpoints.count {
        state = .killed(restartAt: now + restartPause)
        return
      } else {
        state = .ended(raw)
        return
      }
    }
    if case .stopped(let until) = state, now >= until {
      kill(number, SIGCONT)
      state = .running
    }
  }

  /// Ends it now.
  func end() {
    guard !isOver, !isAwaitingRestart else { return }
    kill(number, SIGKILL)
    var raw: Int32 = 0
    while unsafe waitpid(number, &raw, 0) < 0, errno == EINTR {}
    state = .ended(raw)
  }
}
