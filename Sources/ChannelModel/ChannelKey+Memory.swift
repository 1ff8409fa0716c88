// Remembering under one key what was met under another.

internal import ChannelMessages

extension ChannelKey {
  /// This channel's key as far as its own messages are concerned, by which foreign ones are remembered as under `other`:
  /// who has met them under that one knows them again.
  package func remembering(as other: ChannelKey) -> ChannelKey {
    ChannelKey(random: channel.bytes + proof.bytes + other.memory.bytes)
  }
}
