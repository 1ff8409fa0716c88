// A moment on a loop.

internal import CUv

/// Calls back on the loop's thread when its time has come: never before, and a millisecond or two after it when the loop
/// has nothing else to do.
///
/// Its clock stands still while the machine sleeps. To be made and used on the loop's thread; it may be let go of on any
/// thread, and is silent from then on. On a loop that is about to end it never fires.
package final class LoopTimer {
  private let handle: LoopHandle?
  private let onFire: () -> Void
  private let relay: Relay
  /// Nanoseconds of libuv's clock.
  private var due: UInt64 = 0
  private var period: UInt64?

  /// What the handle calls: it does not hold the timer.
  private final class Relay {
    weak var timer: LoopTimer?
  }

  /// A timer that is not set.
  package init(on loop: Loop, _ onFire: @escaping () -> Void) {
    let relay = Relay()
    self.relay = relay
    self.onFire = onFire
    handle = try? unsafe LoopHandle(
      uv_timer_t.self,
      on: loop,
      as: "uv_timer_init",
      make: { unsafe uv_timer_init($0, $1) },
      onEvent: { _, _ in relay.timer?.fire() }
    )
    relay.timer = self
  }

  deinit {
    handle?.letGo()
  }

  /// Whether it is going to call back.
  package private(set) var isSet = false

  /// Has it call back once, after so long, in place of what it was set to.
  package func set(after delay: Duration) {
    period = nil
    due = uv_hrtime() + Self.nanoseconds(delay)
    arm()
  }

  /// Has it call back after so long, and each time that it has passed again, in place of what it was set to.
  ///
  /// The times do not drift: each follows from the first. Those that pass while the loop is busy are one call.
  package func set(every period: Duration) {
    let nanoseconds = Self.nanoseconds(period)
    precondition(nanoseconds > 0, "a timer that fires all the time is a loop")
    self.period = nanoseconds
    due = uv_hrtime() + nanoseconds
    arm()
  }

  /// Has it not call back.
  package func cancel() {
    isSet = false
    period = nil
    _ = unsafe handle?.with(uv_timer_t.self) { unsafe uv_timer_stop($0) }
  }

  private func arm() {
    isSet = true
    // Rounded up, so that the loop's milliseconds, which are rounded down, never come to it early.
    let due = (self.due + 999_999) / 1_000_000
    _ = unsafe handle?.with(uv_timer_t.self) { timer in
      let now = unsafe uv_now(timer.pointee.loop)
      // One that is due now would be called again before the loop looks at anything else.
      return unsafe uv_timer_start(
        timer,
        { unsafe LoopHandle.tell(UnsafeMutableRawPointer($0), 0, 0) },
        due > now ? due - now : 1,
        0
      )
    }
  }

  private func fire() {
    if let period {
      let now = uv_hrtime()
      due += ((max(now, due) - due) / period + 1) * period
      arm()
    } else {
      isSet = false
    }
    onFire()
  }

  private static func nanoseconds(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard duration > .zero else { return 0 }
    // A hundred years: what is added to it must not overflow for a caller's "practically never".
    return seconds >= 3_153_600_000
      ? 3_153_600_000_000_000_000 : UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
