// What is behind a door.

/// Finds the channels that a door leads to, by their names.
package protocol DoorChannels: Sendable {
  /// The bridge of the channel of this name, which takes peers that are handed to it; nil when there is none.
  func bridge(ofChannel name: String) async throws -> Bridge?

  /// Those of them that somebody may be connected to. It is asked on their loop.
  var bridges: [Bridge] { get }
}
