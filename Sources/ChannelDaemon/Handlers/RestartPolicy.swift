// When a worker is started again.

internal import ChannelModel

/// One that ran well is started again at once; one that dies soon after its start, or cannot be started, later and later.
package struct RestartPolicy: Sendable, Hashable {
  private let fresh: Backoff
  private var backoff: Backoff
  private let settled: Duration
  /// Whatever the setting says, one that dies again and again does not keep the processor busy.
  private static let shortest = Duration.milliseconds(10)

  /// After so long a worker is known to run well.
  package init(_ backoff: HandlerSetting.Backoff, settled: Duration = .seconds(10)) {
    fresh = Backoff(first: backoff.first, longest: backoff.longest)
    self.backoff = fresh
    self.settled = settled
  }

  /// How long to wait now that one has ended. `jitter` is any number.
  package mutating func pause(after ran: Duration, jitter: UInt64) -> Duration {
    guard ran < settled else {
      backoff = fresh
      return .zero
    }
    return pauseAfterRefusal(jitter: jitter)
  }

  /// How long to wait now that one could not be started.
  package mutating func pauseAfterRefusal(jitter: UInt64) -> Duration {
    max(backoff.next(jitter: jitter), Self.shortest)
  }
}
