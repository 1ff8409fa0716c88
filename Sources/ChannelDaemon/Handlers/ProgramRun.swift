// One program for one message.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import Transom

/// A program from its start for a message until its end, which is the message's outcome.
final class ProgramRun {
  /// Wants the message again at another time: EX_TEMPFAIL of sysexits.h.
  private static let statusForLater: Int32 = 75

  let given: GivenJob
  private let setting: HandlerSetting
  private let voice: HandlerVoice
  private let onEnd: (ProgramRun, HandlerOutcome) -> Void
  private var child: Child?
  private var pid: Int32 = 0
  private var timer: LoopTimer?
  private var output: [UInt8] = []
  private var errors = ErrorLines()
  /// Why it was told to end, by whoever was first.
  private var sentence: HandlerFailure.Reason?

  /// Starts it; the end is told later.
  init(
    _ program: HandlerProgram,
    for given: GivenJob,
    on loop: Loop,
    _ voice: HandlerVoice,
    _ onEnd: @escaping (ProgramRun, HandlerOutcome) -> Void
  ) throws(HandlerProgram.Missing) {
    self.given = given
    self.voice = voice
    self.onEnd = onEnd
    setting = program.setting
    let plan = try program.plan(for: given.job)
    // What it says on its standard error is bounded here, and no reason to end it.
    let limits = ChildLimits(
      output: setting.outputLimit,
      errors: .max,
      excess: .endsChild(grace: setting.grace)
    )
    do throws(SystemError) {
      child = try Child(plan, limits: limits, on: loop) { [weak self] event in self?.hear(event) }
    } catch {
      throw HandlerProgram.Missing(why: error.description)
    }
    pid = child?.number ?? 0
    timer = LoopTimer(on: loop) { [weak self] in
      guard let self else { return }
      sentence = sentence ?? .timedOut(after: setting.timeLimit)
      child?.terminate(grace: setting.grace)
    }
  }

  /// Hands it the message; from here on its time counts.
  func begin() {
    voice.tell(.started(pid: pid))
    var line = JSONWriter(reservingCapacity: given.job.message.payload.bytes.count + 1)
    line.compact(given.job.message.payload)
    // It need not read it.
    _ = child?.give(line.bytes + [UInt8(ascii: "\n")])
    child?.closeInput()
    timer?.set(after: setting.timeLimit)
  }

  /// Tells it to end since nobody waits any longer.
  func end() {
    sentence = sentence ?? .cancelled
    child?.terminate(grace: setting.grace)
  }

  private func hear(_ event: ChildEvent) {
    switch event {
    // An event is not answered.
    case .output(let bytes): if given.job.message.kind == .request { output += bytes }
    case .errors(let bytes): voice.tell(errors.take(bytes, telling: voice.allowance), of: pid)
    case .inputDrained, .inputRefused: break
    case .ended(let end):
      timer = nil
      voice.tell(errors.finish(telling: voice.allowance), of: pid)
      voice.tell(.ended(pid: pid, end))
      let outcome = outcome(of: end)
      child = nil
      onEnd(self, outcome)
    }
  }

  private func outcome(of end: ChildEnd) -> HandlerOutcome {
    if end.droppedOutput > 0 { return failed(.tooMuchOutput(limit: setting.outputLimit)) }
    switch sentence {
    case nil: break
    // Who is told to end and says that it is done with the message has the last word.
    case .cancelled where end.end == .exited(0) || end.end == .exited(Self.statusForLater): break
    case .some(let reason): if end.cause != .itself { return failed(reason) }
    }
    switch end.end {
    case .exited(0): return answer()
    case .exited(Self.statusForLater): return .later
    case .exited(let status): return failed(.exited(status))
    case .signalled(let number): return failed(.signalled(number))
    case .unknown: return failed(.endedUnknown)
    }
  }

  private func answer() -> HandlerOutcome {
    if output.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return .answer(.null) }
    do throws(JSONError) {
      return .answer(try JSONText(validating: output))
    } catch {
      return failed(.notJSON(error))
    }
  }

  private func failed(_ reason: HandlerFailure.Reason) -> HandlerOutcome {
    .failed(HandlerFailure(reason, lastWords: errors.lastWords))
  }
}
