// A descriptor on a loop.

internal import CUv
package import LinuxIO

/// Calls back on the loop's thread when a descriptor that somebody else owns can be read or written, again and again for as
/// long as it can.
///
/// To be made and used on the loop's thread; it may be let go of on any thread, and is silent from then on. It makes the
/// descriptor non-blocking. Regular files are refused with EPERM, and with EEXIST one that the loop watches already.
package final class DescriptorWatch {
  /// What a descriptor is ready for.
  package struct Readiness: OptionSet, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let readable = Self(rawValue: 1)
    package static let writable = Self(rawValue: 2)
    /// The kernel reports an error, such as the other end of a pipe being closed; the next call on the descriptor tells
    /// which. It stands alone, and the watch is off until it is told anew what to watch for.
    package static let failed = Self(rawValue: 1 << 16)
    /// To be watched for in place of the others: nothing but what fails. What comes of it is `failed`.
    static let broken = Self(rawValue: Int32(UV_PRIORITIZED.rawValue))
  }

  private let handle: LoopHandle
  private let relay: Relay

  private final class Relay {
    weak var watch: DescriptorWatch?
    let onReady: (Readiness) -> Void
    init(_ onReady: @escaping (Readiness) -> Void) { self.onReady = onReady }
  }

  /// Watches a descriptor for something; for nothing yet where that is empty.
  ///
  /// `owner` is held until the watch is over: as long as it lives the number must stay open and the same. Should it close
  /// the descriptor all the same, `end` is called before. A quiet one may be ready for long without keeping the loop
  /// looking on: whoever is told says whether something happened.
  package init(
    on loop: Loop,
    _ descriptor: Int32,
    of owner: AnyObject,
    for interest: Readiness,
    isQuiet: Bool = false,
    _ onReady: @escaping (Readiness) -> Void
  ) throws(SystemError) {
    let relay = Relay(onReady)
    self.relay = relay
    handle = try unsafe LoopHandle(
      uv_poll_t.self,
      on: loop,
      keeping: owner,
      isQuiet: isQuiet,
      as: "uv_poll_init",
      make: { unsafe uv_poll_init($0, $1, descriptor) },
      onEvent: { status, events in
        guard let watch = relay.watch else { return }
        let readiness = Readiness(rawValue: events)
        let hasFailed = status < 0 || readiness.contains(.broken)
        // When libuv has found nothing wrong it goes on watching.
        if hasFailed, status >= 0 { watch.watch(for: []) }
        relay.onReady(hasFailed ? .failed : readiness)
      }
    )
    relay.watch = self
    watch(for: interest)
  }

  deinit {
    handle.letGo()
  }

  /// Watches for something else from here on; empty: for nothing.
  package func watch(for interest: Readiness) {
    let events = interest.intersection([.readable, .writable, .broken]).rawValue
    _ = unsafe handle.with(uv_poll_t.self) { poll in
      if events == 0 { return unsafe uv_poll_stop(poll) }
      return unsafe uv_poll_start(poll, events) { handle, status, events in
        unsafe LoopHandle.tell(UnsafeMutableRawPointer(handle), status, events)
      }
    }
  }

  /// Ends it for good: the descriptor may be closed at once.
  package func end() {
    handle.close()
  }
}
