// Threads for what may wait.

internal import LinuxIO
internal import Synchronization

/// At most four threads that do what neither the watcher's thread nor the task pool's may: wait for a contended lock, for
/// room in a journal, for a disk.
///
/// They are started when there is something to do and end when there was nothing for a while.
package final class HelperThreads: Sendable {
  private struct Deed: Sendable {
    let run: @Sendable () -> Void
    /// Told when no thread is left for it.
    let fail: @Sendable (SystemError) -> Void
  }

  private struct State {
    var deeds: [Deed] = []
    var head = 0
    var threads = 0
    var idle = 0

    mutating func next() -> Deed? {
      guard head < deeds.count else { return nil }
      let deed = deeds[head]
      head += 1
      if head == deeds.count || head == 1_024 {
        deeds.removeFirst(head)
        head = 0
      }
      return deed
    }

    mutating func takeAll() -> ArraySlice<Deed> {
      defer {
        deeds = []
        head = 0
      }
      return deeds[head...]
    }
  }

  /// The process's helpers.
  package static let shared = HelperThreads()

  private let state = Mutex(State())
  private let gate = Gate()
  private let most: Int
  private let patience: Duration
  private let start: Starting

  package convenience init(most: Int = 4, idleFor patience: Duration = .seconds(5)) {
    self.init(most: most, idleFor: patience, starting: KernelThread.start)
  }

  /// Starts a thread of that name.
  typealias Starting =
    @Sendable (_ name: String, _ run: @escaping @Sendable () -> Void) throws(SystemError) -> Void

  init(most: Int = 4, idleFor patience: Duration = .seconds(5), starting start: @escaping Starting) {
    self.most = most
    self.patience = patience
    self.start = start
  }

  /// How many there are now.
  package var threadCount: Int { state.withLock { $0.threads } }

  /// Does something that may wait, on a helper. The caller's cancellation does not end it: that is the body's business.
  package func run<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      submit(
        Deed(
          run: { continuation.resume(with: Swift.Result(catching: body)) },
          fail: { continuation.resume(throwing: ChannelError($0, at: "/proc/self/task")) }
        )
      )
    }
  }

  /// Does something that may wait, on a helper, and tells nobody of its end. Not by a task: where none was used yet that
  /// would start the task pool, which wakes up every second from then on.
  func perform(_ body: @escaping @Sendable () -> Void, orElse fail: @escaping @Sendable (SystemError) -> Void) {
    submit(Deed(run: body, fail: fail))
  }

  private func submit(_ deed: Deed) {
    enum Need { case nothing, wake, start }
    let need = state.withLock { state -> Need in
      state.deeds.append(deed)
      // Each idle one takes one; those that were woken and did not come yet still count.
      if state.idle >= state.deeds.count - state.head { return .wake }
      guard state.threads < most else { return .nothing }
      state.threads += 1
      return .start
    }
    switch need {
    case .nothing: break
    case .wake: gate.open(forAll: false)
    case .start:
      do {
        try start("transom-helper") { [self] in work() }
      } catch {
        let lost = state.withLock { state in
          state.threads -= 1
          // With any other thread left it is done, only later. Without one others may have left theirs to this one.
          return state.threads == 0 ? state.takeAll() : []
        }
        for deed in lost { deed.fail(error) }
      }
    }
  }

  private func work() {
    while true {
      if let deed = state.withLock({ $0.next() }) {
        deed.run()
        continue
      }
      if !waitForMore() { return }
    }
  }

  /// Waits until there is something to do; false when there was nothing for long enough that the thread is to end.
  private func waitForMore() -> Bool {
    let deadline = KernelClock.sinceBoot() + UInt64(patience / .nanoseconds(1))
    state.withLock { $0.idle += 1 }
    while true {
      let value = gate.value
      let decision = state.withLock { state -> Bool? in
        if state.head < state.deeds.count {
          state.idle -= 1
          return true
        }
        guard KernelClock.sinceBoot() >= deadline else { return nil }
        state.idle -= 1
        state.threads -= 1
        return false
      }
      if let decision { return decision }
      gate.wait(while: value, until: deadline)
    }
  }
}
