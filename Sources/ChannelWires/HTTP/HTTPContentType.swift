// What a body is.

/// The kinds of body that are sent.
package enum HTTPContentType: String, Sendable, Hashable, CaseIterable {
  case text = "text/plain; charset=utf-8"
  case json = "application/json"
  /// Of whatever kind.
  case bytes = "application/octet-stream"
  /// One JSON value a line.
  case jsonLines = "application/x-ndjson"
  /// Server-sent events, as browsers read them.
  case eventStream = "text/event-stream"
  case script = "text/javascript; charset=utf-8"
  /// The text format of Prometheus.
  case metrics = "text/plain; version=0.0.4; charset=utf-8"
}
