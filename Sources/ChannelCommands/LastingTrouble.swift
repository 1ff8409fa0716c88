// What goes wrong while nobody waits for it.

internal import LinuxIO
internal import Synchronization
package import Transom

/// Tells the troubles of what goes on by itself, and holds the thread that waits for the one that ends it.
package final class LastingTrouble: Sendable {
  private let around: Surroundings
  private let wake: WakeDescriptor
  private let hasBegun = Atomic(false)
  private let last = Mutex<(any Error)?>(nil)

  package init(_ around: Surroundings) throws {
    self.around = around
    // It is told by threads that have other things to do.
    try around.keepNobodyWaiting()
    wake = try WakeDescriptor()
  }

  /// Says what went wrong, and ends the program where it cannot go on.
  package func tell(_ error: ChannelError) {
    switch error.code {
    case .noChannel, .closed, .newerFormat, .refused: end(with: error)
    default:
      // What could not begin does nothing, and would wait for ever.
      if hasBegun.load(ordering: .acquiring) { around.warn("\(error)") } else { end(with: error) }
    }
  }

  /// It goes on from here.
  package func begin() { hasBegun.store(true, ordering: .releasing) }

  /// Lets the program end by an error; the first counts.
  package func end(with error: any Error) {
    last.withLock { $0 = $0 ?? error }
    wake.signal()
  }

  /// Waits until something ends it.
  package func wait() -> any Error {
    while true {
      if let error = last.withLock({ $0 }) { return error }
      // Only a descriptor of ours is waited on, so nothing can fail but by our own mistake; then it is looked at again.
      _ = try? Readiness.wait(on: [wake.number])
      wake.clear()
    }
  }
}
