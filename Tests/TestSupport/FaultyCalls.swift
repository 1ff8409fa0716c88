// A file layer in which the calls that a test names go wrong.

package import LinuxIO
internal import Synchronization

/// Passes calls on, keeps a list of them, and lets chosen ones fail, fall short, or be preceded by somebody's doing.
package final class FaultyCalls: InterposedCalls {
  /// What happens at a call.
  package enum Effect: Sendable {
    /// It fails, having done nothing.
    case fail(Int32)
    /// It moves at most so many bytes; calls that move none are not touched.
    case short(Int)
    /// Somebody does something just before it.
    case first(@Sendable () -> Void)
  }

  /// Which call is meant; counted from 1.
  package enum Moment: Hashable, Sendable {
    case nth(Int, FileCall)
    case every(FileCall)
    /// The n-th of all calls, of whatever kind.
    case overall(Int)
  }

  private struct State {
    var plan: [Moment: Effect] = [:]
    var log: [FileCall] = []
    var counts: [FileCall: Int] = [:]
  }

  package let below: any FileCalls
  private let state = Mutex(State())

  package init(over below: any FileCalls = KernelCalls.shared) {
    self.below = below
  }

  /// Plans an effect; calls are counted from now on.
  package func plan(_ moment: Moment, _ effect: Effect) {
    state.withLock { $0.plan[moment] = effect }
  }

  /// Forgets plans and counts.
  package func reset() {
    state.withLock { $0 = State() }
  }

  /// The calls made since the start or the last reset, those that failed included.
  package var log: [FileCall] { state.withLock { $0.log } }

  package func count(of call: FileCall) -> Int {
    state.withLock { $0.counts[call, default: 0] }
  }

  package func admit(_ call: FileCall, _ subject: String) throws(SystemError) -> Int? {
    let effect: Effect? = state.withLock { state in
      state.log.append(call)
      state.counts[call, default: 0] += 1
      return state.plan[.nth(state.counts[call, default: 0], call)]
        ?? state.plan[.every(call)]
        ?? state.plan[.overall(state.log.count)]
    }
    // Outside the lock: what somebody does first may well be calls of this layer.
    switch effect {
    case .fail(let code): throw SystemError(call.rawValue, on: subject, code: code)
    case .short(let most): return most
    case .first(let deed): deed()
    case nil: break
    }
    return nil
  }

  package func flushed(_ file: borrowing OwnedDescriptor) {}
}
