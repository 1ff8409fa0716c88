// A thread that waits for tasks.

internal import LinuxIO
internal import Synchronization

/// Waits, on a thread that may, for what is done elsewhere.
enum Blocking {
  /// Where the result is left.
  private final class Outcome<Value: Sendable, Failure: Error>: Sendable {
    let result = Mutex<Result<Value, Failure>?>(nil)
  }

  static func wait<Value: Sendable, Failure: Error>(
    for body: @escaping @Sendable () async throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let gate = Gate()
    let outcome = Outcome<Value, Failure>()
    Task.detached {
      let result: Result<Value, Failure>
      do throws(Failure) {
        result = .success(try await body())
      } catch {
        result = .failure(error)
      }
      outcome.result.withLock { $0 = result }
      gate.open(forAll: true)
    }
    while true {
      let value = gate.value
      if let result = outcome.result.withLock({ $0 }) { return try result.get() }
      gate.wait(while: value, until: nil)
    }
  }
}
