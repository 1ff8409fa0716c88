// What a door has answered.

/// How many are connected to a door, and what became of what was asked there since it was made.
package struct DoorFigures: Hashable, Sendable {
  /// Those who speak HTTP, those who were let in to listen, and those who have a WebSocket.
  package var connections = 0
  /// Requests that were answered, whatever the channel said: over HTTP, and of those who have a WebSocket.
  package var answered: UInt64 = 0
  /// What the door itself would not do.
  package var refused: UInt64 = 0

  package init() {}
}
