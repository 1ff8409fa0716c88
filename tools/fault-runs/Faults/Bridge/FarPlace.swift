// Where a bridge and its other end meet.

internal import ChannelMessages
internal import TestSupport

/// How the bridge of a round comes to its other end.
struct FarPlace: Hashable {
  /// Whether others come to the bridge; else it comes to them, and what they miss is kept for them.
  var isListening: Bool
  /// Whether they meet at a port; else at a path.
  var isPort: Bool

  /// For people.
  var words: String {
    "a bridge that \(isListening ? "listens" : "connects") at \(isPort ? "a port" : "a path")"
  }

  /// A port that is free now; they are drawn by the kernel, so that rounds beside this one have others.
  static func freePort() throws -> UInt16 { try RawSocket(listeningAtPort: 0).port }
}
