// One whom a door has let in.

/// A connection that a bridge has from a door, for as long as it is there.
struct DoorGuest {
  private weak var bridge: Bridge?
  private weak var peer: Peer?

  init(_ peer: Peer, of bridge: Bridge) {
    self.peer = peer
    self.bridge = bridge
  }

  /// Who he is; nil when he is gone, or was sent away.
  var visitor: Visitor? {
    guard let peer, peer.isOpen, peer.mayBeHeard else { return nil }
    return peer.visitor
  }

  /// Says goodbye to him. It is called on the loop of his bridge.
  func part() {
    guard let bridge, let peer else { return }
    bridge.assumeIsolated { $0.part(from: peer) }
  }

  /// Sends him away. It is called on the loop of his bridge.
  func dismiss() {
    guard let bridge, let peer else { return }
    bridge.assumeIsolated { $0.dismiss(peer) }
  }
}
