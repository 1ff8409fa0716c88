// What the watcher does at a moment.

package import ChannelModel
internal import LinuxIO
internal import Synchronization

extension Watcher {
  /// A deed that waits for its moment.
  package struct Timer: Sendable {
    private let watcher: Watcher
    private let ticket: TimerQueue.Ticket

    fileprivate init(_ watcher: Watcher, _ ticket: TimerQueue.Ticket) {
      self.watcher = watcher
      self.ticket = ticket
    }

    /// Sees to it that the deed is not begun; it may have been.
    package func cancel() {
      // The deed is let go of outside of the lock: what it holds may end with it, and may cancel timers in turn.
      let deed = watcher.state.withLock { $0.timers.cancel(ticket) }
      withExtendedLifetime(deed) {}
    }
  }

  /// Has something done on the driving thread at that moment or soon after; it must not wait.
  @discardableResult
  package func schedule(at moment: Moment, _ deed: @escaping @Sendable () -> Void) -> Timer {
    let (ticket, sleeper) = state.withLock { state in
      // Never before what was done already: a deed that wants to be done again at once would come first for ever.
      let moment = max(moment, Moment(nanoseconds: state.timersDone.nanoseconds + 1))
      let ticket = state.timers.add(at: moment, deed)
      if state.joined != nil, state.timers.earliest == moment { alarm.set(at: moment.nanoseconds) }
      return (ticket, state.sleeper(beyond: moment))
    }
    switch sleeper {
    case .nobody: break
    case .ownThread: ownWake.signal()
    case .leader: leaderWake.signal()
    }
    return Timer(self, ticket)
  }

  /// Does what is due, and nothing that becomes due by that.
  func doTimers() {
    let now = Moment.now
    var next = state.withLock { state in
      state.timersDone = now
      return state.timers.next(due: now)
    }
    while let deed = next {
      deed()
      next = state.withLock { $0.timers.next(due: now) }
    }
  }
}

extension Watcher.State {
  /// How long the driver waits at most, as far as timers are concerned.
  ///
  /// A moment that was waited for stays, though its timer was cancelled: every request has a time-out, and were the wait
  /// made longer by each that is answered, each new one would have to wake the driver to make it shorter again.
  mutating func waitLimit(_ now: Moment) -> Moment? {
    var limit = timers.earliest
    if let waitsUntil, waitsUntil > now { limit = min(limit ?? waitsUntil, waitsUntil) }
    waitsUntil = limit
    return limit
  }

  enum Sleeper {
    case nobody, ownThread, leader
  }

  /// Who has to be woken for a new timer: one who drives, waits, and would wait longer than that.
  func sleeper(beyond moment: Moment) -> Sleeper {
    guard !driving.isBusy, moment < waitsUntil ?? Moment(nanoseconds: .max) else { return .nobody }
    switch driving.driver {
    case .ownThread: return .ownThread
    case .caller: return .leader
    // Whoever begins to drive looks at the timers first.
    case .nobody, .outside: return .nobody
    }
  }
}
