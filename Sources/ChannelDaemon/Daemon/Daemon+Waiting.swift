// What the daemon hears of its handlers, and what waits for a time.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets

extension Daemon {
  func log(_ notice: HandlerNotice, of name: String) {
    for (level, text, fields) in notice.lines {
      log.say(level, .handlers, text, [.init("handler", name)] + fields + payload(of: notice))
    }
  }

  /// A payload is in the log only where somebody has asked for that.
  private func payload(of notice: HandlerNotice) -> [LogLine.Field] {
    guard configuration.log.showsPayloads, case .finished(let job, _, _) = notice else { return [] }
    return [.init("payload", String("\(job.message.payload)".prefix(Self.longestPayload)))]
  }

  private static let longestPayload = 1_000

  /// Waits for so long, or until the daemon ends.
  func pause(_ time: Duration) async {
    guard !isEnding else { return }
    pauseCount += 1
    let number = pauseCount
    await withCheckedContinuation { waiting in
      let timer = LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.endPause(number) } }
      timer.set(after: time)
      pauses[number] = (waiting, timer)
    }
  }

  func endPause(_ number: Int) {
    pauses.removeValue(forKey: number)?.waiting.resume()
  }

  /// Gives a message to a handler as soon as it has room; `returned` when it takes it no more.
  func give(
    _ job: HandlerJob,
    to name: String,
    _ completion: @escaping (HandlerOutcome) -> Void
  ) {
    guard let served = handlers[name], !isEnding else { return completion(.returned) }
    served.whenRoom { [self] in
      // It may have been replaced meanwhile.
      guard handlers[name] === served, !isEnding else { return completion(.returned) }
      ledger.note(.started, of: job.message.id, in: job.path, name)
      served.give(job, completion)
    }
  }
}
