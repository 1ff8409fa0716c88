// How many may be connected at once.

/// Bounds of what a listener lets in.
package struct ListenerLimits: Sendable, Hashable {
  /// So many connections may be open; those that come beyond are closed at once.
  package var connections: Int
  /// Of each of them.
  package var stream: StreamLimits

  package init(connections: Int, stream: StreamLimits = StreamLimits()) {
    self.connections = connections
    self.stream = stream
  }
}
