// The loop as an executor of actors and tasks.

internal import LinuxIO
internal import Synchronization

extension Loop: SerialExecutor, TaskExecutor {
  package func enqueue(_ job: consuming ExecutorJob) {
    leave(.job(UnownedJob(job)))
  }

  package func isIsolatingCurrentContext() -> Bool? { isOwnThread }

  package func checkIsolated() {
    precondition(isOwnThread, "this is isolated to a loop, and runs on another thread than the loop's")
  }

  /// Runs so many of those that are ready, and of those that these make ready.
  func runReady(atMost limit: Int) {
    var left = limit
    while left > 0, let work = ready.pop() {
      left -= 1
      hasHappened = true
      switch work {
      case .job(let job):
        unsafe job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
      case .errand(let body): body()
      }
    }
  }
}
