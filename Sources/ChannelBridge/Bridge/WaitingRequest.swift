// A request of the channel that no peer could take yet.

internal import ChannelMessages
internal import ChannelModel
internal import Transom

/// It waits for a peer, or for room at one.
struct WaitingRequest {
  let message: Message
  var reply: OwedAnswer
  /// See `AskedRequest`.
  let isFromAfar: Bool
  let until: Moment
  /// Whether nobody who is there may be asked that: then it keeps no other waiting.
  var isForNobody = false
}
