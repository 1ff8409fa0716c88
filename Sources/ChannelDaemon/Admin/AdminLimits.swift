// How much the command may ask of the daemon.

internal import ChannelAdmin
package import ChannelSockets

/// Bounds of what the admin socket takes from those who connect.
package struct AdminLimits: Sendable, Hashable {
  /// So many may be connected; who comes beyond is closed out.
  package var connections = 64
  /// The longest line of a request.
  package var line = AdminProtocol.requestLimit
  /// Who asks nothing for so long is closed out.
  package var idleTime = Duration.seconds(300)
  /// Who takes no more of an answer for so long is closed out.
  package var writingTime = Duration.seconds(30)
  /// So much of an answer is made and waits to be read, before there is more of it: so the loop is back with the messages
  /// after some milliseconds. A longer line goes alone, when nothing waits.
  package var stream = StreamLimits(highWater: 256 << 10, lowWater: 0)

  package init() {}
}
