// What the daemon hears of its handlers, and what waits for them or for a time.

internal import ChannelModel
internal import ChannelSockets

extension Daemon {
  func heard(_ notice: HandlerNotice, of name: String) {
    for (level, text, fields) in notice.lines { log.say(level, .handlers, text, [.init("handler", name)] + fields) }
  }

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

  func hasRoom(_ name: String) {
    for waiting in waitingForRoom.removeValue(forKey: name) ?? [] { waiting.resume() }
  }
}
