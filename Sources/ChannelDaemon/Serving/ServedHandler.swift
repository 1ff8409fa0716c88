// A handler, and what is known of it.

internal import ChannelAdmin
internal import ChannelModel

/// A handler that the daemon gives messages to, those who wait for room at it, and its figures.
///
/// It belongs to the daemon's actor.
final class ServedHandler {
  let handler: Handler
  private(set) var figures: HandlerStatus
  private var given = 0
  private var waiting: [() -> Void] = []

  init(_ handler: Handler) {
    self.handler = handler
    let manner: HandlerStatus.Manner =
      switch handler.setting.manner {
      case .run: .run
      case .worker: .worker
      }
    figures = HandlerStatus(handler.setting.name, manner, concurrency: handler.setting.concurrency)
  }

  /// Calls this as soon as there is room, after those who came before.
  func whenRoom(_ body: @escaping () -> Void) {
    if waiting.isEmpty, handler.canTake { body() } else { waiting.append(body) }
  }

  /// There is room, for as many as there is.
  func hasRoom() {
    while handler.canTake, !waiting.isEmpty { waiting.removeFirst()() }
  }

  /// Lets all go on who wait, because there will be no room.
  func giveUp() {
    let all = waiting
    waiting = []
    for body in all { body() }
  }

  /// Gives it a message; `returned` when it takes none.
  func give(_ job: HandlerJob, _ completion: @escaping (HandlerOutcome) -> Void) {
    given += 1
    do throws(HandlerRefusal) {
      try handler.give(job) { [self] outcome in
        given -= 1
        completion(outcome)
      }
    } catch {
      given -= 1
      completion(.returned)
    }
  }

  /// Takes into its figures what it told.
  func heard(_ notice: HandlerNotice) {
    switch notice {
    case .started: figures.trouble = nil
    case .restarting(_, let why):
      figures.restarts &+= 1
      figures.trouble = why
    case .finished(_, let outcome, let took):
      switch outcome {
      case .answer: figures.handled &+= 1
      case .later: figures.postponed &+= 1
      case .failed(let failure):
        figures.failed &+= 1
        // What can be seen is looked at whenever somebody asks: it may be mended before the next message comes.
        if case .cannotStart(let why) = failure.reason, handler.setting.manner == .run {
          figures.trouble = handler.obstacle == nil ? why : nil
        }
      case .returned: return
      }
      figures.times.add(took)
    case .ended, .wrote, .malformed, .unasked, .unsaid: break
    }
  }

  /// How it is.
  var status: HandlerStatus {
    var status = figures
    if handler.setting.manner == .run, let obstacle = handler.obstacle { status.trouble = obstacle }
    status.waiting = handler.waitingCount + waiting.count
    status.running = max(0, given - handler.waitingCount)
    return status
  }
}
