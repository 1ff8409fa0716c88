// What a handshake comes to.

/// Who the other end is, and what is spoken with it.
package struct TLSPeer: Sendable, Hashable {
  /// Nil of one who connected and was not asked.
  package let identity: TLSIdentity?
  /// What both ends agreed on; nil where we have no protocols to choose from.
  package let protocolName: String?
}
