// A worker that is kept running.

internal import ChannelModel
internal import ChannelSockets
internal import Transom

/// Keeps one worker process for all messages of a handler, and starts another one when it has ended.
///
/// It is one process, however many messages may be in flight: they go to it together, and it answers them in any order.
final class WorkerRunner: HandlerRunner {
  weak var owner: (any HandlerRunnerOwner)?

  private let program: HandlerProgram
  private let loop: Loop
  private let voice: HandlerVoice
  private var policy: RestartPolicy
  private var worker: WorkerProcess?
  private var timer: LoopTimer?
  /// Since when no worker has answered, and what has become of the last one.
  private var loss: (since: Moment, why: String)?
  private var isFinishing = false

  init(_ program: HandlerProgram, on loop: Loop, _ voice: HandlerVoice) {
    self.program = program
    self.loop = loop
    self.voice = voice
    policy = RestartPolicy(program.setting.backoff)
    timer = LoopTimer(on: loop) { [weak self] in self?.start() }
  }

  var absence: (since: Moment, why: String)? { worker == nil ? loss : nil }
  var isAtWork: Bool { worker != nil }

  func prepare() {
    if worker == nil, timer?.isSet == false { start() }
  }

  var hasPlace: Bool { worker?.hasPlace ?? false }
  func canTake(_ job: HandlerJob) -> Bool { worker?.canTake(job) ?? false }
  func take(_ given: GivenJob) { worker?.take(given) }

  func finish() {
    isFinishing = true
    timer?.cancel()
    worker?.finish()
  }

  func end() {
    worker?.end()
  }

  private func start() {
    guard !isFinishing else { return }
    do throws(HandlerProgram.Missing) {
      worker = try WorkerProcess(program, on: loop, voice) { [weak self] worker, report in
        self?.hear(report, of: worker)
      }
      owner?.runnerChanged()
    } catch {
      lose(error.why, pause: policy.pauseAfterRefusal(jitter: .random(in: .min ... .max)))
    }
  }

  private func hear(_ report: WorkerProcess.Report, of worker: WorkerProcess) {
    switch report {
    case .settled(let given, let outcome):
      if worker.hasAnswered { loss = nil }
      owner?.settle(given, outcome)
    case .eased: owner?.runnerChanged()
    case .ended(let ran, let how):
      self.worker = nil
      if isFinishing {
        owner?.runnerChanged()
      } else {
        lose("its worker \(how)", pause: policy.pause(after: ran, jitter: .random(in: .min ... .max)))
      }
    }
  }

  /// There is no worker; the next one is started after the pause.
  private func lose(_ why: String, pause: Duration) {
    loss = (loss?.since ?? Moment.now, why)
    voice.tell(.restarting(after: pause, why: why))
    timer?.set(after: pause)
    owner?.runnerChanged()
  }
}
