// Which end of a WebSocket somebody is.

/// The two ends: a client masks what it sends, a server does not (RFC 6455, 5.1).
package enum WebSocketRole: Sendable, Hashable, CaseIterable {
  case client
  case server
}
