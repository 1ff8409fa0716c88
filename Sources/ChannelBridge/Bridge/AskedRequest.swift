// A request of the channel at a peer.

internal import ChannelMessages

/// Who is to answer it, and to whom the answer goes.
struct AskedRequest {
  let id: String
  let peer: Peer
  let reply: OwedAnswer
  /// Whether it came over another bridge: whoever asked there learns no names of this machine.
  let isFromAfar: Bool
  /// What was asked; nil where no answers are remembered.
  let question: Message?
}
