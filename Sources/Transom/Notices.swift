// How one part of a channel tells others that there may be something new.

internal import ChannelModel
internal import Synchronization

/// A count of notices that tasks and threads wait on: look first, then wait beyond the count seen before the look.
final class Notices: Sendable {
  private struct State {
    var nextToken: UInt64 = 0
    var parked: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// Whose task was cancelled before it was parked.
    var cancelled: Set<UInt64> = []
  }

  private let state = Mutex(State())
  private let noticeCount = Atomic<UInt64>(0)
  /// So many wait, or are about to look whether they have to.
  private let waiterCount = Atomic<Int>(0)
  private let watcher: Watcher

  init(_ watcher: Watcher) {
    self.watcher = watcher
  }

  var count: UInt64 { noticeCount.load(ordering: .sequentiallyConsistent) }

  /// Whether anybody waits.
  var isAwaited: Bool { waiterCount.load(ordering: .sequentiallyConsistent) > 0 }

  /// Tells everybody who waits.
  func notify() {
    // First counted, then looked for waiters; they are counted first, and look at this count then.
    noticeCount.add(1, ordering: .sequentiallyConsistent)
    guard isAwaited else { return }
    let parked = state.withLock { state in
      defer { state.parked.removeAll(keepingCapacity: true) }
      return state.parked.isEmpty ? [] : Array(state.parked.values)
    }
    for continuation in parked { continuation.resume() }
    watcher.wakeWaiters()
  }

  /// Suspends until there was a notice beyond those seen, or the task is cancelled.
  ///
  /// What waits here is nobody's actor: a task that prefers no executor changes threads for it, and changes back.
  func wait(beyond seen: UInt64) async {
    waiterCount.add(1, ordering: .sequentiallyConsistent)
    defer { waiterCount.subtract(1, ordering: .sequentiallyConsistent) }
    let token = state.withLock { state in
      state.nextToken += 1
      return state.nextToken
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if count > seen || state.cancelled.remove(token) != nil { return true }
          state.parked[token] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        let continuation = state.parked.removeValue(forKey: token)
        if continuation == nil { state.cancelled.insert(token) }
        return continuation
      }
      continuation?.resume()
    }
    _ = state.withLock { $0.cancelled.remove(token) }
  }

  /// Blocks the calling thread until there was a notice beyond those seen; false when the moment came first.
  func wait(beyond seen: UInt64, until moment: Moment?) -> Bool {
    waiterCount.add(1, ordering: .sequentiallyConsistent)
    defer { waiterCount.subtract(1, ordering: .sequentiallyConsistent) }
    return watcher.wait(until: moment) { count > seen }
  }
}
