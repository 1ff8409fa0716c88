// From where messages are asked for.

/// Where a reader begins.
public enum StartingPoint: Sendable, Hashable {
  /// With what is sent from now on.
  case now
  /// With the oldest that is kept.
  case start
}
