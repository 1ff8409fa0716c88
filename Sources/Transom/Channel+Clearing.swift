// Emptying a channel.

internal import ChannelModel

extension Channel {
  /// Empties what 1.0 programs see, in both directions, one wholly and then the other.
  ///
  /// What they wrote is taken in first, and nothing that was sent is lost to programs that use Transom: those that have
  /// not read it yet still get it. Only the arrays are emptied, and what is older than this call never returns to them.
  ///
  /// - Throws: ``ChannelError``; then perhaps only one direction was emptied, or none.
  public func clear() async throws {
    try checkMayWrite("to clear")
    try await HelperThreads.shared.run { [self] in try clearAll() }
  }

  /// Empties what 1.0 programs see, in both directions, blocking the calling thread.
  @available(*, noasync, message: "await clear() instead")
  public func clear() throws {
    trapOnWatcherThread()
    try checkMayWrite("to clear")
    try clearAll()
  }

  private func clearAll() throws(ChannelError) {
    for direction in Direction.allCases {
      try core.window(direction).projector.clear(until: .now.advanced(by: outbox.timeout))
    }
  }
}
