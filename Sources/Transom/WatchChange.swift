// What a channel is told by the watcher.

package import ChannelModel

/// What to look at. A hint and never a count: several changes may come as one, and one may come twice.
package enum WatchChange: Hashable, Sendable {
  /// The journal's newest segment grew, or became shorter.
  case journal(Direction)
  /// The journal's segments changed, and it may have grown.
  case segments(Direction)
  /// Nobody said so, but the journal is likely to grow: a glance at its end is worth it. Whatever does happen is told
  /// besides.
  case perhaps(Direction)
  /// Another file, or another content, stands in a window's place.
  case window(Direction)
  /// Somebody opened a window.
  case windowOpened(Direction)
  /// A name came into a folder or left it.
  case entries
  /// The channel's directory or a journal's was moved, removed or made: see whether it is still the one that is open,
  /// and if not open it anew and watch that.
  case directory
  /// Look at all of it: events were lost.
  case everything
  /// Nothing was told; it is the slow sweep's turn.
  case sweep
}
