// Streams to others.

package import LinuxIO

/// Connects to an endpoint while the loop does other things, and gives a stream or says why there is none.
///
/// A name is looked up beside the loop. Of its addresses the next is tried when one has failed, or has not answered for a
/// quarter of a second; who answers first is taken. Where too many wait at a Unix socket it is tried again and again, at
/// ease.
///
/// To be made and used on the loop's thread; it may be let go of on any thread, which breaks it off, and is silent from then
/// on.
package final class StreamConnector {
  private let core: ConnectorCore

  /// Begins to connect. What comes of it is told once, and not within this call: the stream, which is to be begun, or what
  /// was wrong with which address. ETIMEDOUT when it takes longer than it may, ECANCELED when the loop ends before.
  package init(
    to endpoint: Endpoint,
    limits: StreamLimits = StreamLimits(),
    within limit: Duration,
    on loop: Loop,
    _ onEnd: @escaping (Result<ByteStream, SystemError>) -> Void
  ) {
    core = ConnectorCore(endpoint, limits, within: limit, on: loop, onEnd)
  }

  deinit {
    core.letGo()
  }

  /// Breaks it off, and nothing is told any more.
  package func cancel() {
    core.loop.requireOwnThread()
    core.close()
  }
}
