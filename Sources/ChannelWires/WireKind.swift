// Which wires there are.

/// What a route may speak on its streams. A new wire is a new folder beside this file, and a line in this table.
package enum WireKind: String, Sendable, Hashable, CaseIterable {
  /// One message a line.
  case lines
  /// One text of a WebSocket each, at the client's end.
  case webSocket

  /// One for a connection; `prefix` is what ids that are made up begin with.
  package func wire(naming prefix: String) -> any Wire {
    switch self {
    case .lines: LinesWire(naming: prefix)
    // A mask is one that nobody can foretell.
    case .webSocket: WebSocketWire(naming: prefix) { .random(in: .min ... .max) }
    }
  }
}
