// How long a blocking call may wait.

internal import ChannelModel

/// A limit that begins when there is something to wait for: who finds a message at once asks no clock.
struct WaitLimit {
  private let limit: Duration?
  private var known: Moment?

  /// Nil is for ever.
  init(_ limit: Duration?) {
    self.limit = limit
  }

  /// When the wait ends: always the same moment from the first question on.
  mutating func end() -> Moment? {
    if known == nil, let limit { known = Moment.now.advanced(by: limit) }
    return known
  }
}
