// Whether strangers may come.

internal import ChannelSockets

extension PeerAddress {
  /// Whether whoever listens there is out of reach for strangers: on this machine only, or behind TLS that asks who it is.
  /// A token shows that at a door; without TLS others could read it.
  package func isGuarded(byCertificates: Bool, byTokens: Bool = false) -> Bool {
    endpoint.isLocal || isSecure && (byCertificates || isDoor && byTokens)
  }
}
