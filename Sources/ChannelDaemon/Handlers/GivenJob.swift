// A job until its outcome is told.

internal import ChannelModel
internal import Transom

/// A message that was given to a handler, and whoever waits for what becomes of it.
final class GivenJob {
  let job: HandlerJob
  let completion: (HandlerOutcome) -> Void
  let given = Moment.now
  /// When it was handed to a program.
  var begun: Moment?

  init(_ job: HandlerJob, _ completion: @escaping (HandlerOutcome) -> Void) {
    self.job = job
    self.completion = completion
  }

  var byteCount: Int { job.message.heldByteCount }

  /// How long it has been worked on, or has waited if it never was.
  func age(at now: Moment) -> Duration { now.duration(since: begun ?? given) }
}
