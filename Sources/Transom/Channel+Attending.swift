// What a program does for a channel that others use.

internal import ChannelModel

extension Channel {
  /// Takes care of both directions as long as this channel is open: takes in what 1.0 programs write, also while nobody
  /// reads it, and shows them what senders that died owe them.
  package func attend() throws(ChannelError) {
    for direction in Direction.allCases { try core.watch(direction) }
  }

  /// What tells this channel from every other, also from one that is made at its path later.
  package func identity() throws(ChannelError) -> String { try "\(core.folder().key.channel)" }
}
