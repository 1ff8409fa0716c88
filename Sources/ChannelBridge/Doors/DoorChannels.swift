// What is behind a door.

/// Finds the channels that a door leads to, by their names.
package protocol DoorChannels: Sendable {
  /// The bridge of the channel of this name, which takes peers that are handed to it; nil when there is none.
  func bridge(ofChannel name: String) async throws -> Bridge?

  /// Whether it leads to a channel of this name, should there be one.
  func leads(toChannel name: String) -> Bool

  /// Tells all who are connected to any of them that there is still somebody. It is called on their loop.
  func showLife()
}
