/// How much a reader takes from somebody it does not trust.
package struct JSONLimits: Sendable, Hashable {
  /// Levels of arrays and objects inside one value of a message; a message with more is unreadable.
  package var depth: Int
  /// Elements that are no messages; one more makes the whole text an error.
  package var unreadable: Int
  /// Length of the text.
  package var bytes: Int

  package init(depth: Int = 512, unreadable: Int = 1_024, bytes: Int = 64 << 20) {
    self.depth = depth
    self.unreadable = unreadable
    self.bytes = bytes
  }

  package static let standard = JSONLimits()
}
