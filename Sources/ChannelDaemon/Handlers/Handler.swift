// A program that deals with messages, as the daemon has to do with it.

internal import ChannelModel
package import ChannelSockets
internal import Transom

/// Hands messages to programs, within the limits of a setting, and tells what became of each.
///
/// To be made, used and let go of on the loop's thread. Whoever lets go of it, or ends the loop, before it has drained
/// kills its programs and hears of no more outcomes.
package final class Handler {
  package let setting: HandlerSetting
  /// Called when there is room again after there was none.
  package var onRoom: (() -> Void)?

  private enum State {
    case open
    /// It is to come to rest, and tells these when it has.
    case draining(then: [() -> Void])
    case over
  }

  private let loop: Loop
  private let voice: HandlerVoice
  private let runner: any HandlerRunner
  private var state = State.open
  private var rate: RateLimit?
  private var waiting: WaitingJobs
  /// Whether somebody was refused, or saw that there is no room.
  private var isMissed = false
  /// Outcomes that were known while a message was given: nobody is told before his call has returned.
  private var owed: [(GivenJob, HandlerOutcome)] = []
  private var isGiving = false
  private var isPumping = false
  /// Whether something has come up since it was last looked at what can be handed on.
  private var isPumpWanted = false
  private var turnTimer: LoopTimer?
  private var rateTimer: LoopTimer?
  private var patienceTimer: LoopTimer?
  private var drainTimer: LoopTimer?

  /// So many are handed to programs before others on the loop have their turn.
  private static let mostAtOnce = 64

  /// One that runs nothing yet. `environment` is what its programs inherit, as `NAME=value`.
  ///
  /// `mostWaiting` messages, or about `mostWaitingBytes`, wait here for their turn; whoever has more keeps them.
  package init(
    _ setting: HandlerSetting,
    environment: [String],
    on loop: Loop,
    mostWaiting: Int = 256,
    mostWaitingBytes: Int = 16 << 20,
    told: @escaping (HandlerNotice) -> Void
  ) {
    loop.checkIsolated()
    self.setting = setting
    self.loop = loop
    voice = HandlerVoice(told)
    let program = HandlerProgram(setting, inherited: environment)
    runner =
      switch setting.manner {
      case .run: ProgramRunner(program, on: loop, voice)
      case .worker: WorkerRunner(program, on: loop, voice)
      }
    rate = setting.rate.map { RateLimit(perSecond: $0) }
    waiting = WaitingJobs(most: mostWaiting, mostBytes: mostWaitingBytes)
    turnTimer = LoopTimer(on: loop) { [weak self] in self?.turn() }
    rateTimer = LoopTimer(on: loop) { [weak self] in self?.pump() }
    patienceTimer = LoopTimer(on: loop) { [weak self] in self?.checkPatience() }
    drainTimer = LoopTimer(on: loop) { [weak self] in self?.runner.end() }
    runner.owner = self
  }

  /// Starts a worker before there is any message for it, so that a wrong command is told at once.
  package func prepare() {
    loop.checkIsolated()
    if case .open = state { runner.prepare() }
  }

  /// Whether it takes a message now. When not, `onRoom` is called once it does again, unless it is draining.
  package var canTake: Bool {
    guard case .open = state else { return false }
    if waiting.isFull { isMissed = true }
    return !waiting.isFull
  }

  /// What would keep a program from being started now, as far as can be seen without starting it; nil for nothing.
  var obstacle: String? {
    HandlerProgram.obstacle(to: setting).map { "\($0.what) (\($0.hint))" }
  }

  /// How many messages wait for a program.
  package var waitingCount: Int { waiting.count }

  /// Takes a message. The outcome is told once and after this has returned; nothing works on the message then. When it is
  /// refused, no outcome is told.
  package func give(
    _ job: HandlerJob,
    _ completion: @escaping (HandlerOutcome) -> Void
  ) throws(HandlerRefusal) {
    loop.checkIsolated()
    guard case .open = state else { throw .draining }
    guard canTake else { throw .full }
    waiting.append(GivenJob(job, completion))
    // It may be called by somebody who is told that there is room, while another message is given.
    let wasGiving = isGiving
    isGiving = true
    runner.prepare()
    pump()
    isGiving = wasGiving
  }

  /// Has it come to rest: what waits is returned, and what runs goes on until `limit`, is told to end then, and killed
  /// after the setting's grace. `done` is called when no program of it runs any more and all outcomes were told.
  /// Told again, the new limit counts from then on.
  package func drain(within limit: Duration, then done: @escaping () -> Void) {
    loop.checkIsolated()
    switch state {
    case .open:
      state = .draining(then: [done])
      for given in waiting.removeAll() { owed.append((given, .returned)) }
      runner.finish()
      drainTimer?.set(after: limit)
    case .draining(let others):
      state = .draining(then: others + [done])
      drainTimer?.set(after: limit)
    case .over: state = .draining(then: [done])
    }
    turnTimer?.set(after: .zero)
  }

  // MARK: What is done when

  /// Does what was put off.
  private func turn() {
    let outcomes = owed
    owed = []
    for (given, outcome) in outcomes { tell(given, outcome) }
    pump()
  }

  /// Hands on what can be.
  private func pump() {
    isPumpWanted = true
    guard !isPumping else { return }
    isPumping = true
    defer { isPumping = false }
    var left = Self.mostAtOnce
    while isPumpWanted {
      isPumpWanted = false
      handOn(atMost: &left)
      if left == 0 {
        turnTimer?.set(after: .zero)
        break
      }
    }
    checkPatience()
    checkRest()
  }

  private func handOn(atMost left: inout Int) {
    while left > 0, runner.hasPlace, let place = waiting.firstPlace(where: { runner.canTake($0.job) }) {
      let now = Moment.now
      if let wait = rate?.take(at: now) {
        rateTimer?.set(after: wait)
        break
      }
      guard let given = waiting.remove(at: place) else { break }
      left -= 1
      given.begun = now
      runner.take(given)
    }
    if isMissed, waiting.isRoomy, case .open = state {
      isMissed = false
      onRoom?()
    }
  }

  /// Fails those that have waited too long for a program that cannot be had.
  private func checkPatience() {
    guard let absence = runner.absence else {
      patienceTimer?.cancel()
      return
    }
    while let first = waiting.first {
      let now = Moment.now
      let deadline = max(first.given, absence.since).advanced(by: setting.timeLimit)
      guard deadline <= now else {
        patienceTimer?.set(after: deadline.duration(since: now))
        return
      }
      waiting.removeFirst()
      owed.append((first, .failed(HandlerFailure(.cannotStart(absence.why)))))
      turnTimer?.set(after: .zero)
    }
  }

  private func checkRest() {
    guard case .draining(let done) = state, !runner.isAtWork, owed.isEmpty else { return }
    state = .over
    drainTimer?.cancel()
    for done in done { done() }
  }

  private func tell(_ given: GivenJob, _ outcome: HandlerOutcome) {
    voice.tell(.finished(given.job, outcome, took: given.age(at: Moment.now)))
    given.completion(outcome)
  }
}

extension Handler: HandlerRunnerOwner {
  func settle(_ given: GivenJob, _ outcome: HandlerOutcome) {
    if isGiving {
      owed.append((given, outcome))
      turnTimer?.set(after: .zero)
    } else {
      tell(given, outcome)
      pump()
    }
  }

  func runnerChanged() {
    pump()
  }
}
