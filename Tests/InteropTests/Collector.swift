// A reader of ours beside a test.

internal import LinuxIO
internal import Synchronization
internal import TestSupport
internal import Transom

/// Reads a stream of ours on a thread of its own while the test does something else.
final class Collector: Sendable {
  private struct State {
    var messages: [Message] = []
    var gaps: [Gap] = []
    var failures: [String] = []
    var isEnding = false
    var hasEnded = false
  }

  private let state = Mutex(State())

  /// Follows what comes from now on.
  init(_ channel: Channel) {
    let messages = channel.messages { gap in self.state.withLock { $0.gaps.append(gap) } }
    NativeThread.detach {
      while true {
        let isLast = self.state.withLock { $0.isEnding }
        do {
          if let message = try messages.next(within: .milliseconds(isLast ? 300 : 20)) {
            self.state.withLock { $0.messages.append(message) }
            continue
          }
        } catch {
          self.state.withLock { $0.failures.append("\(error)") }
          KernelClock.pause(.milliseconds(1))
          if !isLast { continue }
        }
        if isLast { break }
      }
      messages.close()
      self.state.withLock { $0.hasEnded = true }
    }
  }

  var count: Int { state.withLock { $0.messages.count } }

  /// Waits until so many came, or the time is up.
  func awaitCount(_ count: Int, within limit: Duration) {
    eventually(within: limit) { self.count >= count }
  }

  /// All that came, once nothing more has come for a while.
  func finish(within limit: Duration = .seconds(30)) -> (messages: [Message], gaps: [Gap], failures: [String]) {
    state.withLock { $0.isEnding = true }
    eventually(within: limit) { self.state.withLock { $0.hasEnded } }
    return state.withLock { state in
      (state.messages, state.gaps, state.failures + (state.hasEnded ? [] : ["it does not end"]))
    }
  }
}
