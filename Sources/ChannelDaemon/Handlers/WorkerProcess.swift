// One worker, as long as it lives.

internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import Transom

/// A process that is handed messages line by line, many at a time, and answers each.
final class WorkerProcess {
  enum Report {
    case settled(GivenJob, HandlerOutcome)
    /// It could take more than before.
    case eased
    /// It is no more, after so long; all it had in its hands was settled before.
    case ended(after: Duration, how: String)
  }

  private struct InFlight {
    let given: GivenJob
    let deadline: Moment
  }

  /// While more bytes than this wait to be read by it, it gets no message.
  private static let mostWaiting = 256 << 10

  private let setting: HandlerSetting
  private let voice: HandlerVoice
  private let report: (WorkerProcess, Report) -> Void
  private let start = Moment.now
  private var child: Child?
  private var pid: Int32 = 0
  private var lines: WorkerLines
  private var errors = ErrorLines()
  private var inFlight: [String: InFlight] = [:]
  /// A line that it takes as soon as it has read what waits.
  private var held: [UInt8]?
  /// What has become of those that took too long, which is told when it has ended.
  private var overdue: [String: HandlerOutcome] = [:]
  private var timer: LoopTimer?
  /// How many bytes it has written that were of no use, since the last that was.
  private var useless = 0
  private var unsaid = 0
  /// Whether it gets no more messages.
  private var isLeaving = false
  /// What becomes of those that it has in its hands when it ends; nil: that depends on how it ends.
  private var sentence: HandlerFailure.Reason?

  init(
    _ program: HandlerProgram,
    on loop: Loop,
    _ voice: HandlerVoice,
    _ report: @escaping (WorkerProcess, Report) -> Void
  ) throws(HandlerProgram.Missing) {
    setting = program.setting
    self.voice = voice
    self.report = report
    lines = WorkerLines(limit: setting.outputLimit)
    let plan = try program.plan(for: nil)
    let limits = ChildLimits(output: .max, errors: .max, input: Self.mostWaiting)
    do throws(SystemError) {
      child = try Child(plan, limits: limits, on: loop) { [weak self] event in self?.hear(event) }
    } catch {
      throw HandlerProgram.Missing(why: error.description)
    }
    pid = child?.number ?? 0
    timer = LoopTimer(on: loop) { [weak self] in self?.checkTime() }
    voice.tell(.started(pid: pid))
  }

  /// Whether it has answered anything.
  private(set) var hasAnswered = false

  var hasPlace: Bool { !isLeaving && held == nil && inFlight.count < setting.concurrency }

  /// Two channels may have messages of the same id; answers must not be taken for each other's.
  func canTake(_ job: HandlerJob) -> Bool { hasPlace && inFlight[job.message.id] == nil }

  func take(_ given: GivenJob) {
    inFlight[given.job.message.id] = InFlight(given: given, deadline: Moment.now.advanced(by: setting.timeLimit))
    // Deadlines follow each other as messages do: one that is set comes no later than this.
    if let timer, !timer.isSet { timer.set(after: setting.timeLimit) }
    give(WorkerLines.line(for: given.job))
  }

  /// Tells it that nothing more comes, once it has answered all.
  func finish() {
    isLeaving = true
    if inFlight.isEmpty { child?.closeInput() }
  }

  /// Tells it to end. Those that it does not answer while it does are cancelled.
  func end() {
    sentence = sentence ?? .cancelled
    leave()
  }

  private func leave() {
    isLeaving = true
    child?.terminate(grace: setting.grace)
  }

  private func give(_ line: [UInt8]) {
    switch child?.give(line) {
    case .taken, nil: break
    case .full: held = line
    // It may be about to end; if not, it is of no use.
    case .closed: leave()
    }
  }

  // MARK: What it does

  private func hear(_ event: ChildEvent) {
    switch event {
    case .output(let bytes): take(lines.take(bytes), from: bytes.count)
    case .errors(let bytes): voice.tell(errors.take(bytes, telling: voice.allowance), of: pid)
    case .inputDrained:
      guard let line = held.take() else { return }
      give(line)
      report(self, .eased)
    case .inputRefused: leave()
    case .ended(let end): ended(end)
    }
  }

  private func take(_ events: [WorkerLines.Event], from byteCount: Int) {
    useless += byteCount
    var unaddressed: WorkerLineError?
    for event in events {
      switch event {
      case .answer(let answer):
        guard let job = inFlight.removeValue(forKey: answer.id)?.given else {
          say(.unasked(pid: pid, id: HarmlessLine.text(answer.id, longest: 100)))
          continue
        }
        useless = 0
        hasAnswered = true
        settle(job, overdue.removeValue(forKey: answer.id) ?? outcome(of: answer.verdict, for: job))
      case .malformed(let error):
        say(.malformed(pid: pid, error))
        if let id = error.id { fail(id, by: error) } else { unaddressed = unaddressed ?? error }
      }
    }
    // One that has a single message in its hands wrote that about it, and may never write another word; unless the
    // answer came right behind.
    if let unaddressed, inFlight.count == 1, let id = inFlight.keys.first { fail(id, by: unaddressed) }
    // It keeps the loop busy with what nobody can use.
    if useless > setting.outputLimit + 1 << 20 { leave() }
  }

  private func fail(_ id: String, by error: WorkerLineError) {
    guard let job = inFlight.removeValue(forKey: id)?.given else { return }
    let reason: HandlerFailure.Reason =
      if case .tooLong(let limit) = error.reason { .tooMuchOutput(limit: limit) } else { .malformedLine(error) }
    settle(job, overdue.removeValue(forKey: id) ?? .failed(HandlerFailure(reason, lastWords: errors.lastWords)))
  }

  private func outcome(of verdict: WorkerAnswer.Verdict, for given: GivenJob) -> HandlerOutcome {
    switch verdict {
    case .result(let value): .answer(given.job.message.kind == .request ? value : .null)
    case .error(let text): .failed(HandlerFailure(.answeredError(text)))
    case .later: .later
    }
  }

  private func settle(_ given: GivenJob, _ outcome: HandlerOutcome) {
    if isLeaving, inFlight.isEmpty { child?.closeInput() }
    report(self, .settled(given, outcome))
  }

  private func say(_ notice: HandlerNotice) {
    if voice.allowance(1) > 0 { voice.tell(notice) } else { unsaid += 1 }
  }

  private func checkTime() {
    let now = Moment.now
    for (id, flight) in inFlight where flight.deadline <= now && overdue[id] == nil {
      overdue[id] = .failed(HandlerFailure(.timedOut(after: setting.timeLimit), lastWords: errors.lastWords))
    }
    if !overdue.isEmpty { leave() }
    let next = inFlight.values.lazy.map(\.deadline).filter { $0 > now }.min()
    if let next { timer?.set(after: next.duration(since: now)) }
  }

  private func ended(_ end: ChildEnd) {
    isLeaving = true
    timer = nil
    child = nil
    voice.tell(errors.finish(telling: voice.allowance), of: pid)
    if unsaid > 0 { voice.tell(.unsaid(pid: pid, count: unsaid)) }
    voice.tell(.ended(pid: pid, end))
    let how = end.end.words
    let rest = HandlerOutcome.failed(
      HandlerFailure(sentence ?? .workerEnded(how), lastWords: errors.lastWords)
    )
    let left = inFlight.values.sorted { $0.deadline < $1.deadline }
    inFlight = [:]
    for flight in left {
      report(self, .settled(flight.given, overdue[flight.given.job.message.id] ?? rest))
    }
    let words = errors.lastWords
    report(
      self,
      .ended(after: Moment.now.duration(since: start), how: words.isEmpty ? how : "\(how): \(words)")
    )
  }
}
