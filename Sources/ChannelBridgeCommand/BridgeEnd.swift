// The end of a bridge that comes by itself.

internal import ChannelBridge

/// There was one other end, and it has said all; or why it has ended, where something was wrong.
struct BridgeEnd: Error {
  let address: PeerAddress
  let words: String?

  init(of address: PeerAddress, _ words: String?) {
    self.address = address
    self.words = words
  }
}
