// Where tests run that block.

/// Runs each job on a thread of its own, so that it may block as long as it likes: the task pool has no more threads than
/// the machine has cores, and what is tested may need them.
///
/// Unlike what is handed to a bare thread it stays part of its task, and so of its test.
package final class ThreadExecutor: TaskExecutor {
  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    NativeThread.detach { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Runs something that blocks.
  package static func run<Result: Sendable>(_ body: @Sendable () throws -> Result) async throws -> Result {
    try await withTaskExecutorPreference(ThreadExecutor()) { try body() }
  }
}
