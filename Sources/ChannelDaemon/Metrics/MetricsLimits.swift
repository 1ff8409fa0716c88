// What those who ask for metrics may take.

/// Bounds of the service, of which each is small: it is asked a few times a minute, by one or two programs.
package struct MetricsLimits: Sendable, Hashable {
  /// So many may be connected.
  package var connections: Int
  /// So long a request may take to come, an answer to be made and to be taken, and a connection to say nothing.
  package var patience: Duration
  /// So long one may go on talking after its last answer, so that it gets to read that.
  package var lingering: Duration
  /// Nobody has anything to send.
  package var body: Int

  package init(
    connections: Int = 64,
    patience: Duration = .seconds(10),
    lingering: Duration = .seconds(1),
    body: Int = 1 << 10
  ) {
    self.connections = connections
    self.patience = patience
    self.lingering = lingering
    self.body = body
  }
}
