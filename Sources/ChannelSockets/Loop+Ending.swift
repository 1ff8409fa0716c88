// How a loop ends, and what comes afterwards.

internal import LinuxIO
internal import Synchronization

extension Loop {
  /// So many rounds of jobs are run at the end: what tasks do about it. One that only ever yields must not keep the loop.
  private static let lastRounds = 100

  /// Ends all that lives on it, lets tasks see that, and takes it apart.
  func end() {
    isEnding = true
    while !residents.isEmpty {
      for resident in Array(residents.values) { resident.loopEnds() }
    }
    for _ in 0..<Self.lastRounds {
      inbox.withLock { ready.takeAll(of: &$0.works) }
      if ready.isEmpty { break }
      runReady(atMost: Self.mostAtOnce)
    }
    let (hasRest, waiting) = inbox.withLock { inbox in
      // From here on nobody wakes it.
      thread.store(0, ordering: .relaxed)
      ready.takeAll(of: &inbox.works)
      inbox.works.takeAll(of: &ready)
      let hasRest = !inbox.works.isEmpty
      inbox.phase = .over(hasThread: hasRest)
      defer { inbox.waiting = [] }
      return (hasRest, inbox.waiting)
    }
    dismantle()
    if hasRest { startAfterThread() }
    for continuation in waiting { continuation.resume() }
  }

  /// Starts the thread that runs what came after the end.
  func startAfterThread() {
    do {
      try KernelThread.start("loop's rest") { self.runRest() }
    } catch {
      // It waits for the next one that comes.
      inbox.withLock { $0.phase = .over(hasThread: false) }
    }
  }

  /// Runs all there is, as the loop did.
  private func runRest() {
    while true {
      let isDone = inbox.withLock {
        ready.takeAll(of: &$0.works)
        if ready.isEmpty {
          thread.store(0, ordering: .relaxed)
          $0.phase = .over(hasThread: false)
        } else {
          thread.store(KernelThread.current, ordering: .relaxed)
        }
        return ready.isEmpty
      }
      if isDone { return }
      runReady(atMost: .max)
    }
  }
}
