// Where threads wait for each other.

internal import CLinux
internal import Glibc

/// Threads wait here until something that they look at themselves has changed.
///
/// Take `value`, look, and wait while the gate still has that value: whoever changes what is looked at opens the gate
/// afterwards, so that no change falls between the look and the wait. Opening it when nobody waits is one addition.
@safe package final class Gate: @unchecked Sendable {
  // Only C's atomic functions and the kernel touch it, hence @unchecked: Swift's Atomic has no address to wait on.
  private let word: UnsafeMutablePointer<UInt32>

  package init() {
    unsafe word = .allocate(capacity: 1)
    unsafe word.initialize(to: 0)
  }

  deinit {
    unsafe word.deallocate()
  }

  package var value: UInt32 { unsafe clinux_gate_value(word) }

  /// Blocks while the gate has this value, until `deadline` in nanoseconds since boot; it may also return without a
  /// reason, so look again in any case.
  package func wait(while value: UInt32, until deadline: UInt64? = nil) {
    _ = unsafe clinux_gate_wait(word, value, KernelClock.nanoseconds(until: deadline))
  }

  /// Changes its value, so that nobody who took it before begins to wait.
  package func advance() { unsafe clinux_gate_advance(word) }

  /// Changes its value and wakes one of those who wait, or all.
  package func open(forAll: Bool) {
    unsafe clinux_gate_advance(word)
    unsafe clinux_gate_wake(word, forAll ? .max : 1)
  }
}
