// What is spoken at an address.

package import ChannelWires

extension PeerAddress {
  /// How messages are written there by whoever comes there. `prefix` is what ids that are made up begin with.
  package func wire(naming prefix: String) -> any Wire {
    if isWebSocket { WebSocketWire(naming: prefix) { .random(in: .min ... .max) } } else { LinesWire(naming: prefix) }
  }
}
