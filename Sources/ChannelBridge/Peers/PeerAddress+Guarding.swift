// Whether strangers may come.

internal import ChannelSockets
package import LinuxIO

extension PeerAddress {
  /// How an address of its kind begins, and how one begins that is secured.
  package var schemes: (plain: String, secured: String) {
    switch speech {
    case .door: ("http:", "https:")
    case .webSocket: ("ws:", "wss:")
    case .messages: ("tcp:", "tls:")
    }
  }

  /// What to do with certificates and keys at such an address, which is not secured.
  package var adviceOnSecuring: String {
    host == nil ? "leave them out: nothing is encrypted there" : "write \(schemes.secured) in place of \(schemes.plain)"
  }

  /// What is spoken here at the place of a socket that listens already; nil where that cannot be.
  package func spoken(at place: SocketAddress) -> PeerAddress? {
    let isPlainUnix = place.family == .unix && speech == .messages && !isSecure
    return try? PeerAddress((isPlainUnix ? "unix:" : isSecure ? schemes.secured : schemes.plain) + "\(place)")
  }

  /// Whether whoever listens there is out of reach for strangers: on this machine only, or behind TLS that asks who it is.
  /// A token shows that at a door; without TLS others could read it.
  package func isGuarded(byCertificates: Bool, byTokens: Bool = false) -> Bool {
    endpoint.isLocal || isSecure && (byCertificates || isDoor && byTokens)
  }
}
