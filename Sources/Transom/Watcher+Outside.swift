// A watcher that the program's own loop drives.

package import ChannelModel
internal import LinuxIO
internal import Synchronization

extension Watcher {
  /// From here on the program drives: whenever `descriptor` can be read it calls `drain`, and there is no thread of the
  /// watcher's own. To be called before the first channel is opened.
  package func driveFromOutside() throws(ChannelError) {
    do throws(DrivingRefusal) {
      try beginning.withLock { _ throws(DrivingRefusal) in
        let (isOutside, hasThread) = state.withLock { ($0.joined != nil, $0.hasThread) }
        if isOutside { return }
        guard !hasThread else { throw .tooLate }
        do throws(SystemError) {
          let joined = try JoinedDescriptor()
          try joined.add(ownWake.number)
          try joined.add(alarm.number)
          try state.withLock { (state) throws(SystemError) in
            // Within the lock: whoever finds an instance stores its number, and then looks here for whom to give it to.
            let inotify = inotifyNumber.load(ordering: .sequentiallyConsistent)
            if inotify >= 0 { try joined.add(inotify) }
            alarm.set(at: state.timers.earliest?.nanoseconds)
            state.joined = joined
          }
        } catch {
          throw .system(error)
        }
      }
    } catch {
      switch error {
      case .tooLate:
        throw ChannelError(
          .misuse,
          at: "driveFromOutside",
          "channels are open already, and a thread of the watcher's own drives",
          hint: "call it before the first channel is opened"
        )
      case .system(let error):
        throw ChannelError(error, at: "/proc/self/fd")
      }
    }
  }

  private enum DrivingRefusal: Error {
    case tooLate
    case system(SystemError)
  }

  /// What a program that drives waits for; -1 before `driveFromOutside`.
  package var descriptor: Int32 { state.withLock { $0.joined?.number ?? -1 } }

  /// When `drain` is to be called at the latest; `descriptor` becomes ready by then as well.
  package var nextDeadline: Moment? { state.withLock { $0.timers.earliest } }

  /// Takes what has happened, tells the channels, does what is due and runs the executor's jobs, without waiting.
  package func drain() {
    executor.adopt(true)
    let isDriving = state.withLock { $0.driving.outsideWorks() }
    ownWake.clear()
    alarm.clear()
    if isDriving {
      work()
      pass(state.withLock { $0.driving.outsideLeaves() })
    }
    let hasMore = executor.run()
    executor.adopt(false)
    let isUndrained = state.withLock {
      alarm.set(at: $0.timers.earliest?.nanoseconds)
      return $0.isUndrained
    }
    if hasMore || isUndrained { ownWake.signal() }
  }

  /// A cheap look at the channel that was the last to have something, for whoever looks on for a moment before he waits;
  /// says whether there was anything. What the kernel tells of it is still to be drained.
  package func glance() -> Bool {
    guard state.withLock({ $0.driving.outsideWorks() }) else { return false }
    executor.adopt(true)
    defer { executor.adopt(false) }
    let before = newsCount.load(ordering: .relaxed)
    let isFound = tellLikely() && hasNews(since: before)
    pass(state.withLock { $0.driving.outsideLeaves() })
    if isFound, executor.run() { ownWake.signal() }
    return isFound
  }
}
