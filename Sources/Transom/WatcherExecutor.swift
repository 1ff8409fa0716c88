// Tasks on the watcher's own thread.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Runs tasks on the thread that notices their messages, so that a message reaches them without another thread being
/// woken.
///
/// What runs here must not wait for long: nothing is noticed meanwhile. In a program that drives the watcher itself,
/// tasks run while it drains.
package final class WatcherExecutor: TaskExecutor {
  private struct Queue {
    var jobs: [UnownedJob] = []
    var head = 0

    mutating func pop() -> UnownedJob? {
      guard head < jobs.count else { return nil }
      let job = jobs[head]
      head += 1
      if head == jobs.count {
        jobs.removeAll(keepingCapacity: true)
        head = 0
      } else if head == 1_024 {
        // Under load it may never be empty.
        jobs.removeFirst(head)
        head = 0
      }
      return job
    }
  }

  /// So many jobs are run before events are looked at again.
  private static let mostAtOnce = 256

  private let queue = Mutex(Queue())
  private let wake: WakeDescriptor
  /// The thread that runs jobs, 0 for none.
  private let thread = Atomic<UInt>(0)

  init(waking wake: WakeDescriptor) {
    self.wake = wake
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = queue.withLock {
      $0.jobs.append(job)
      return $0.jobs.count - $0.head == 1
    }
    // The thread itself looks before it waits. When others are queued it was told already.
    if isFirst, !isOwnThread { wake.signal() }
  }

  /// Whether the calling thread is the one that runs jobs.
  var isOwnThread: Bool { thread.load(ordering: .relaxed) == KernelThread.current }

  var hasJobs: Bool { queue.withLock { $0.head < $0.jobs.count } }

  /// The calling thread runs jobs from here on, or until `false`.
  func adopt(_ isOwn: Bool) {
    thread.store(isOwn ? KernelThread.current : 0, ordering: .relaxed)
  }

  /// Runs what is queued, as far as one turn goes, and says whether there is more.
  func run() -> Bool {
    for _ in 0..<Self.mostAtOnce {
      guard let job = queue.withLock({ $0.pop() }) else { return false }
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
    return hasJobs
  }
}
