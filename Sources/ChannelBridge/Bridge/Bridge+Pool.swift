// Further connections to whom a bridge comes to.

internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import Transom

extension Bridge {
  /// Opens one more connection where that is worth it. Requests alone go over it: events go over the first one, since whoever
  /// is there is to get each once.
  func widen(whenLeastBusyAnswers outstanding: Int) {
    guard manner == .connecting, !isEnding, let address else { return }
    // The first is counted also while it is lost.
    let count = 1 + peers.values.count { $0.isFurther && $0.isOpen }
    guard pool.mayOpen(beside: count, whichAnswerAtLeast: outstanding, at: .now) else { return }
    pool.opens()
    var introduction = introduction
    introduction.isFurther = true
    furtherConnector = makeConnector(to: address, introducing: introduction) { $0.cameFurther($1) }
  }

  private func cameFurther(_ result: Result<PeerArrival, PeerFailure>) {
    furtherConnector = nil
    switch result {
    case .success(let arrival):
      pool.opened()
      welcome(arrival, isFurther: true)
      attendIdleConnections()
    case .failure(let failure):
      let pause = pool.failed(at: .now, jitter: .random(in: .min ... .max))
      told(.aloneThere(place, "\(failure)", again: pause))
    }
  }

  /// Closes those that have had nothing to answer for a while, and looks again when the next one may have had.
  private func attendIdleConnections() {
    let now = Moment.now
    for peer in peers.values where peer.isFurther && peer.isIdle(at: now, after: pool.idleTime) { part(from: peer) }
    let left = peers.values.filter { $0.isFurther && $0.mayBeTold }
    guard let first = left.map(\.idleSince).min() else { return }
    let timer = idleTimer ?? LoopTimer(on: loop) { [weak self] in self?.assumeIsolated { $0.attendIdleConnections() } }
    idleTimer = timer
    let due = first.advanced(by: pool.idleTime)
    // One that is busy is looked at again when it could be idle at the soonest.
    timer.set(after: due > now ? due.duration(since: now) : pool.idleTime)
  }
}
