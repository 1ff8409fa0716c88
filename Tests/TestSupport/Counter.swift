// A number that several threads count up.

internal import Synchronization

/// Counts what tasks do while a test looks on.
package final class Counter: Sendable {
  private let count = Atomic(0)

  package init() {}

  package var value: Int { count.load(ordering: .acquiring) }

  package func add() { count.add(1, ordering: .releasing) }
}
