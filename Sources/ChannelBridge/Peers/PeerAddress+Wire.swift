// What is spoken at an address.

package import ChannelWires

extension PeerAddress {
  /// How messages are written there by whoever comes there.
  package var wire: WireKind { isWebSocket ? .webSocket : .lines }
}
