// How often to look where nobody tells.

/// The interval between two looks at one place: short after something changed, doubling while nothing does.
package struct PollingPace: Hashable, Sendable {
  /// After something changed.
  package static let shortest = Duration.milliseconds(1)
  /// While nothing does.
  package static let longest = Duration.milliseconds(50)
  /// With so many places that are looked at, `longest` begins to grow, so that all looks together stay a small part of
  /// one processor's time.
  package static let placesAtFullPace = 500

  private var interval: Duration

  /// Begins quick: who opens a channel is about to use it.
  package init() {
    interval = Self.shortest
  }

  /// How long to wait after a look.
  package mutating func next(foundNews: Bool, places: Int) -> Duration {
    if foundNews {
      interval = Self.shortest
      return interval
    }
    let slowing = max(1, places / Self.placesAtFullPace)
    interval = min(interval * 2, Self.longest * slowing)
    return interval
  }
}
