// What is held for those who do not read.

/// How much of the answers that peers have asked for they have not taken yet, over all of a bridge.
///
/// It belongs to its bridge's actor.
final class UnreadAnswers {
  /// With more, whoever has most of them is left: many could ask for much and read nothing.
  private static let mostBytes = 128 << 20

  var byteCount = 0

  var isTooMuch: Bool { byteCount > Self.mostBytes }
}
