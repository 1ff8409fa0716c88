// What a process may do in a channel, as it was found when that was opened.

internal import ChannelModel

/// With what key a channel is used, and how far.
struct ChannelAccess {
  /// The channel's own, or a made-up one where only 1.0 programs have been.
  let key: ChannelKey
  var isOnlyLookedAt = false
  /// What keeps this process from writing.
  var obstacle: ChannelError?
  var isBare = false
}
