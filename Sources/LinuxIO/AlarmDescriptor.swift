// A descriptor that becomes ready at a moment.

internal import CLinux
internal import Synchronization

/// A timerfd: ready from the moment that it was set to until it is cleared; children do not inherit it.
///
/// Setting it wakes nobody and costs a fraction of a wake-up.
package final class AlarmDescriptor: Sendable {
  private let descriptor: OwnedDescriptor
  /// What it is set to, in nanoseconds since boot; 0 where it is to be set anew. Most callers want what it is set to already,
  /// and asking the kernel for that takes longer than looking here.
  private let moment = Mutex<UInt64>(0)

  package init() throws(SystemError) {
    descriptor = OwnedDescriptor(taking: try kernelCall("timerfd_create") { clinux_timerfd() })
  }

  /// The number, to wait on while this object is held.
  package var number: Int32 { descriptor.number }

  /// Sets the moment, in nanoseconds since boot, in place of the one it had; nil: never.
  package func set(at moment: UInt64?) {
    // Zero would mean never, and a moment that is past is as good as any other. What timespec cannot hold is never.
    let nanoseconds = moment.map { $0 > UInt64(Int64.max) ? 0 : max($0, 1) } ?? 0
    self.moment.withLock { known in
      if nanoseconds != 0, nanoseconds == known { return }
      known = nanoseconds
      _ = clinux_timerfd_set(descriptor.number, nanoseconds)
    }
  }

  /// Makes it not ready, and says whether its moment had come.
  @discardableResult
  package func clear() -> Bool {
    moment.withLock { known in
      let hasCome = descriptor.clearCounter()
      if hasCome { known = 0 }
      return hasCome
    }
  }
}
