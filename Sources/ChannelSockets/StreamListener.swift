// Where streams come from.

package import LinuxIO

/// Listens at an endpoint, and gives out a stream for each connection, as far as its limits allow.
///
/// To be made and used on the loop's thread; it may be let go of on any thread, which ends it: the streams that it gave out
/// live on. Where it has made a name for itself, that goes with it, unless it is somebody else's by then.
package final class StreamListener {
  private let core: ListenerCore

  /// Listens from here on. Throws EADDRINUSE where somebody else does.
  package init(
    at endpoint: Endpoint,
    limits: ListenerLimits,
    on loop: Loop,
    _ onEvent: @escaping (ListenerEvent) -> Void
  ) throws(SystemError) {
    core = try ListenerCore(endpoint, limits, on: loop, onEvent)
  }

  deinit {
    core.letGo()
  }

  /// The port at which it listens, also where any would do; nil of a Unix socket.
  package var port: UInt16? { core.port }

  /// How many connections are open.
  package var openCount: Int {
    core.loop.requireOwnThread()
    return core.openCount
  }

  /// How many were closed at once because too many were open.
  package var refusedCount: UInt64 {
    core.loop.requireOwnThread()
    return core.refusedCount
  }

  /// Listens no more, from now on.
  package func close() {
    core.loop.requireOwnThread()
    core.close()
  }
}
