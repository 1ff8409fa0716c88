// What is held for nobody.

/// How much of what peers have said who are gone is still to be dealt with, over all of a bridge.
///
/// It belongs to its bridge's actor.
final class LeftBehind {
  /// With more, whatever else one has said who goes is dropped, and nothing more is asked: somebody could come again
  /// and again while nothing gets on.
  private static let mostBytes = 16 << 20

  var byteCount = 0

  var isTooMuch: Bool { byteCount > Self.mostBytes }
}
