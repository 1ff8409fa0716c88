// A descriptor that one thread makes ready to wake another.

internal import CLinux
internal import Glibc

/// Wakes whoever waits on it, from any thread: an eventfd that children do not inherit and that never blocks.
///
/// A class, since the one who waits and the ones who wake share it; it closes with the last of them.
package final class WakeDescriptor: Sendable {
  private let descriptor: OwnedDescriptor

  package init() throws(SystemError) {
    descriptor = OwnedDescriptor(taking: try kernelCall("eventfd") { clinux_eventfd() })
  }

  /// The number, to wait on while this object is held: as any object it may end after its last use, and the number with
  /// it.
  package var number: Int32 { descriptor.number }

  /// Makes it ready until it is cleared. Many signals before one clear are one wake-up.
  package func signal() {
    var one: UInt64 = 1
    // EAGAIN means that the counter is full, so it is as ready as can be; nothing else can befall an eventfd of ours.
    while unsafe write(descriptor.number, &one, 8) < 0, errno == EINTR {}
  }

  /// Makes it not ready, and says whether it had been signalled. Clear first, then look at what the signal was about.
  @discardableResult
  package func clear() -> Bool { descriptor.clearCounter() }
}
