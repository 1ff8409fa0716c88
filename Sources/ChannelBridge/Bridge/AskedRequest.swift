// A request of the channel at a peer.

/// Who is to answer it, and to whom the answer goes.
struct AskedRequest {
  let peer: Peer
  let reply: OwedAnswer
  /// Whether it came over another bridge: whoever asked there learns no names of this machine.
  let isFromAfar: Bool
}
