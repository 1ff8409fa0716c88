// A request on its way through the daemon.

internal import ChannelLedger
internal import ChannelMessages
internal import ChannelModel
internal import Transom

/// A request from its being taken to its answer. It belongs to the daemon's actor.
final class RequestJob {
  let message: Message
  let reply: RequestReply
  let channel: ServedChannel
  /// What names the channel for good.
  let identity: String
  let side: Side
  /// Nil until it is known to be the first of its id.
  var run: RequestRun?
  var attempts = 0
  var backoff: Backoff?

  init(_ message: Message, _ reply: RequestReply, in channel: ServedChannel, _ identity: String, as side: Side) {
    self.message = message
    self.reply = reply
    self.channel = channel
    self.identity = identity
    self.side = side
  }

  var direction: Direction { Direction(writtenBy: side.other) }
  var method: String { message.method ?? "" }
  /// What is the same for all that are this request.
  var key: String { "\(identity) \(direction) \(message.id)" }

  var handlerJob: HandlerJob { channel.job(message, as: side) }
}
