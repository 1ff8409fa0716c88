// A program for each message.

internal import ChannelModel
internal import ChannelSockets

/// Runs a handler's program once for each message, so many at a time as the setting allows.
final class ProgramRunner: HandlerRunner {
  weak var owner: (any HandlerRunnerOwner)?

  private let program: HandlerProgram
  private let loop: Loop
  private let voice: HandlerVoice
  private var runs: [ObjectIdentifier: ProgramRun] = [:]

  init(_ program: HandlerProgram, on loop: Loop, _ voice: HandlerVoice) {
    self.program = program
    self.loop = loop
    self.voice = voice
  }

  /// There is always one for whoever comes: whether it can be started is found out for each.
  var absence: (since: Moment, why: String)? { nil }
  var isAtWork: Bool { !runs.isEmpty }

  func prepare() {}
  func finish() {}

  var hasPlace: Bool { runs.count < program.setting.concurrency }
  func canTake(_ job: HandlerJob) -> Bool { hasPlace }

  func take(_ given: GivenJob) {
    do throws(HandlerProgram.Missing) {
      let run = try ProgramRun(program, for: given, on: loop, voice) { [weak self] run, outcome in
        self?.runs[ObjectIdentifier(run)] = nil
        self?.owner?.settle(run.given, outcome)
      }
      runs[ObjectIdentifier(run)] = run
      run.begin()
    } catch {
      owner?.settle(given, .failed(HandlerFailure(error.isMessage ? .unfit(error.why) : .cannotStart(error.why))))
    }
  }

  func end() {
    // A copy: one that ends at once is taken out meanwhile.
    for run in Array(runs.values) { run.end() }
  }
}
