// What tests of whole channels begin with.

internal import ChannelMessages
internal import Synchronization
internal import TestSupport
internal import Transom

/// Two ends of a fresh channel, closed at the end.
func withEnds(
  options: ChannelOptions = ChannelOptions(),
  _ body: (_ frontend: Channel, _ backend: Channel) async throws -> Void
) async throws {
  try await withScratchDirectory { path in
    let frontend = try Channel(at: "\(path)/channel", as: .frontend, options: options)
    let backend = try Channel(at: "\(path)/channel", as: .backend, options: options)
    do {
      try await body(frontend, backend)
    } catch {
      await frontend.close()
      await backend.close()
      throw error
    }
    await frontend.close()
    await backend.close()
  }
}

/// Runs something that blocks on a thread of its own, as a program without async does.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    NativeThread.detach { continuation.resume(with: Swift.Result { try body() }) }
  }
}

/// What examples and tests ask the sum of.
struct Pair: Codable, Sendable {
  let a: Int
  let b: Int
}

/// Takes note of what a stream reports as missing.
final class Gaps: Sendable {
  private let found = Mutex<[Gap]>([])

  var take: @Sendable (Gap) -> Void {
    { gap in self.found.withLock { $0.append(gap) } }
  }

  var reasons: [Gap.Reason] { found.withLock { $0.map(\.reason) } }

  /// How many messages are known to be missing.
  var missing: Int { found.withLock { $0.reduce(0) { $0 + ($1.numbers?.count ?? 0) } } }
}
