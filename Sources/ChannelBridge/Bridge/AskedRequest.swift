// A request of the channel at a peer.

internal import Transom

/// Who is to answer it, and to whom the answer goes.
struct AskedRequest {
  let peer: Peer
  let reply: RequestReply
}
