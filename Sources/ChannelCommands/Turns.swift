// Places that are taken by turns.

internal import Synchronization

/// Lets so many tasks through at once; those who come later wait, in their order.
package final class Turns: Sendable {
  private struct State {
    var isOver = false
    var takenCount = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let limit: Int
  private let state = Mutex(State())

  package init(limit: Int) {
    self.limit = limit
  }

  /// Waits for a place; each has to be given up by `leave`.
  package func enter() async {
    await withCheckedContinuation { continuation in
      let mayPass = state.withLock { state in
        guard state.takenCount >= limit, !state.isOver else {
          state.takenCount += 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if mayPass { continuation.resume() }
    }
  }

  /// Hands the place to the next, if there is one.
  package func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.takenCount -= 1
      return nil
    }
    next?.resume()
  }

  /// From here on nobody waits: whoever comes through has to look whether there is still something to be done.
  func end() {
    let waiting = state.withLock { state in
      state.isOver = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
