// Whether strangers may come.

internal import ChannelSockets

extension PeerAddress {
  /// How an address of its kind begins, and how one begins that is secured.
  package var schemes: (plain: String, secured: String) {
    switch speech {
    case .door: ("http:", "https:")
    case .webSocket: ("ws:", "wss:")
    case .messages: ("tcp:", "tls:")
    }
  }

  /// Whether whoever listens there is out of reach for strangers: on this machine only, or behind TLS that asks who it is.
  /// A token shows that at a door; without TLS others could read it.
  package func isGuarded(byCertificates: Bool, byTokens: Bool = false) -> Bool {
    endpoint.isLocal || isSecure && (byCertificates || isDoor && byTokens)
  }
}
