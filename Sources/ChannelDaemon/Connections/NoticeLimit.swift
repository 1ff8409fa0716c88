// So many lines of a kind.

internal import ChannelModel

/// Lets some notices a second through, and counts the others.
struct NoticeLimit {
  private var rate = RateLimit(perSecond: 5, holding: .seconds(4))
  private var untold = 0

  /// How many were not told since the last one was; nil when this one is not either.
  mutating func take(at now: Moment) -> Int? {
    guard rate.take(at: now) == nil else {
      untold += 1
      return nil
    }
    defer { untold = 0 }
    return untold
  }
}
