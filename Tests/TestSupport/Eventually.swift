// Conditions that another program or thread brings about, and of which nobody tells.

internal import LinuxIO

/// Looks until the condition holds; throws when it does not within the limit. It takes no thread of the task pool.
package func eventually(
  within limit: Duration = .seconds(20),
  _ condition: () async throws -> Bool
) async throws {
  let end = KernelClock.sinceBoot() + UInt64(limit / .nanoseconds(1))
  while try await !condition() {
    guard KernelClock.sinceBoot() < end else { throw WaitedInVain(limit: limit) }
    await withCheckedContinuation { continuation in
      NativeThread.detach {
        KernelClock.pause(.milliseconds(1))
        continuation.resume()
      }
    }
  }
}

/// A condition did not come to hold.
package struct WaitedInVain: Error {
  package let limit: Duration
}
