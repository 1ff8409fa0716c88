// What a channel is told by the watcher.

package import ChannelModel

/// What to look at. A hint and never a count: several changes may come as one, and one may come twice.
package enum WatchChange: Hashable, Sendable {
  /// The journal grew, or its segments changed.
  case journal(Direction)
  /// The channel's directory or a journal's was moved, removed or made: see whether it is still the one that is open,
  /// and if not open it anew and watch that.
  case directory
  /// Look at all of it: events were lost, or it was the slow sweep's turn.
  case everything
}
