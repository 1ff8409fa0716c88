// A channel that somebody at a door has to do with.

internal import ChannelBridge
internal import ChannelMessages
internal import ChannelModel
internal import Transom

/// The bridge that carries for all who come by doors to one channel as one side.
///
/// It belongs to the daemon's actor.
final class DoorBridge {
  /// Of which channel, and as which side.
  struct Place: Hashable {
    let path: String
    let side: Side
  }

  /// What it is called in logs, and in the name of its reader; so no other bridge may be.
  static let name = "door"

  /// Tells it from others that were, or will be, at its path.
  let channel: Int
  let opening: Task<Bridge, any Error>
  /// Nil until it is open.
  var bridge: Bridge?
  var lastUse = Moment.now

  init(of channel: ServedChannel, _ opening: Task<Bridge, any Error>) {
    self.channel = channel.number
    self.opening = opening
  }
}
