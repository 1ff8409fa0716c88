// Somebody who was come to.

package import ChannelSockets

/// A stream on which messages are spoken from here on, and who is at its other end.
package struct PeerArrival: Sendable {
  package let handed: HandedStream
  /// Nil where nobody has shown who he is.
  package let identity: TLSIdentity?
}
