// What those who speak HTTP with a server may take.

package import ChannelSockets

/// Bounds of a server, so that nobody who connects keeps it from others.
package struct HTTPServerLimits: Sendable, Hashable {
  /// So many may be connected.
  package var connections: Int
  /// So long a request may take to come, an answer to be taken, and a connection to say nothing.
  package var patience: Duration
  /// So long an answer may take to be made.
  package var answering: Duration
  /// So long one may go on talking after its last answer, so that it gets to read that.
  package var lingering: Duration
  /// So many bytes a body may have.
  package var body: Int
  /// What may wait to be read by whoever took a connection over.
  package var stream: StreamLimits

  package init(
    connections: Int = 64,
    patience: Duration = .seconds(10),
    answering: Duration = .seconds(10),
    lingering: Duration = .seconds(1),
    body: Int = 1 << 10,
    stream: StreamLimits = StreamLimits(highWater: 0, lowWater: 0)
  ) {
    self.connections = connections
    self.patience = patience
    self.answering = answering
    self.lingering = lingering
    self.body = body
    self.stream = stream
  }
}
