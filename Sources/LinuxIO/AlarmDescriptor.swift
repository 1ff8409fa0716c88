// A descriptor that becomes ready at a moment.

internal import CLinux

/// A timerfd: ready from the moment that it was set to until it is cleared; children do not inherit it.
///
/// Setting it wakes nobody and costs a fraction of a wake-up.
package final class AlarmDescriptor: Sendable {
  private let descriptor: OwnedDescriptor

  package init() throws(SystemError) {
    descriptor = OwnedDescriptor(taking: try kernelCall("timerfd_create") { clinux_timerfd() })
  }

  /// The number, to wait on while this object is held.
  package var number: Int32 { descriptor.number }

  /// Sets the moment, in nanoseconds since boot, in place of the one it had; nil: never.
  package func set(at moment: UInt64?) {
    // Zero would mean never, and a moment that is past is as good as any other. What timespec cannot hold is never.
    let nanoseconds = moment.map { $0 > UInt64(Int64.max) ? 0 : max($0, 1) } ?? 0
    _ = clinux_timerfd_set(descriptor.number, nanoseconds)
  }

  /// Makes it not ready, and says whether its moment had come.
  @discardableResult
  package func clear() -> Bool { descriptor.clearCounter() }
}
