// Threads that block until something comes.

package import ChannelModel
internal import LinuxIO
internal import Synchronization

extension Watcher {
  /// Blocks the calling thread until the condition holds, or the moment is past: then it answers false.
  ///
  /// Meanwhile the thread drives the watcher, if nobody else does, so `noticed` of any channel and timers' deeds may run
  /// on it. Whoever makes the condition true on another thread calls `wakeWaiters` afterwards. The condition is evaluated
  /// on this thread, often, and must not block.
  package func wait(until deadline: Moment?, for condition: () -> Bool) -> Bool {
    if condition() { return true }
    // Not a precondition: its message would be left out of a release build.
    if isDrivingThread { fatalError("a thread that drives the watcher would wait for itself") }
    switch state.withLock({ $0.driving.enter() }) {
    case .lead:
      return lead(until: deadline, condition)
    case .leadInsteadOfOwnThread:
      ownWake.signal()
      return lead(until: deadline, condition)
    case .follow:
      return follow(until: deadline, condition)
    }
  }

  /// Has everybody who is blocked look at his condition again.
  package func wakeWaiters() {
    let (areFollowing, leaderMayBlock) = state.withLock { ($0.driving.followers > 0, $0.driving.callerMayBlock) }
    if areFollowing { gate.open(forAll: true) }
    // The leader itself looks again before it waits.
    if leaderMayBlock, workingThread.load(ordering: .relaxed) != KernelThread.current { leaderWake.signal() }
  }

  private func lead(until deadline: Moment?, _ condition: () -> Bool) -> Bool {
    var maySpin = true
    while true {
      // First say that it is about to wait, then look: whoever changes something after the look knows to wake it.
      let now = Moment.now
      let (limit, isUndrained, isOwed) = state.withLock { state in
        state.driving.leaderWaits()
        return (state.waitLimit(now), state.isUndrained, state.isDrainDue(now))
      }
      let isMet = condition()
      if isMet || deadline.map({ $0 <= now }) ?? false {
        leave()
        return isMet
      }
      let isDue = limit.map { $0 <= now } ?? false
      if maySpin, !isDue, !isOwed {
        maySpin = false
        if state.withLock({ $0.spinning.isWorthTrying() }), spin(until: condition) {
          leave(untold: true)
          return true
        }
      }
      if !isDue, !isUndrained {
        let ready = wait(
          for: inotifyNumber.load(ordering: .relaxed),
          leaderWake.number,
          until: Self.sooner(limit, deadline)
        )
        if ready.second { leaderWake.clear() }
        state.withLock { $0.driving.leaderWorks() }
        if ready.first, tellLikely(), condition() {
          leave(untold: true)
          return true
        }
      } else {
        state.withLock { $0.driving.leaderWorks() }
      }
      work()
    }
  }

  /// Ends driving; `untold` before what happened is taken, so that the next one who drives does that.
  ///
  /// A loop that drives from outside is not woken by what a library has read and nobody took.
  func leave(untold: Bool = false) {
    let (handover, isToWake) = state.withLock { state in
      let isToWake = state.isUndrained && state.joined != nil
      if untold { state.isUndrained = true }
      return (state.driving.leaderLeaves(), isToWake)
    }
    pass(handover)
    if isToWake { ownWake.signal() }
  }

  private func follow(until deadline: Moment?, _ condition: () -> Bool) -> Bool {
    while true {
      let value = gate.value
      let isMet = condition()
      if isMet || deadline.map({ $0 <= Moment.now }) ?? false {
        pass(state.withLock { $0.driving.followerLeaves() })
        return isMet
      }
      if state.withLock({ $0.driving.followerMayLead() }) { return lead(until: deadline, condition) }
      gate.wait(while: value, until: deadline?.nanoseconds)
    }
  }

  private static func sooner(_ left: Moment?, _ right: Moment?) -> Moment? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
  }
}
