// A moment that threads share.

internal import Synchronization

/// Nanoseconds that are read on the way of every message, and written next to never.
final class AtomicMoment: Sendable {
  private let nanoseconds = Atomic<UInt64>(0)

  func load() -> UInt64 { nanoseconds.load(ordering: .relaxed) }

  func store(_ value: UInt64) { nanoseconds.store(value, ordering: .relaxed) }
}
