// A bridge that the daemon keeps.

internal import ChannelBridge
internal import ChannelModel

/// One bridge of the configuration over one channel.
///
/// It belongs to the daemon's actor.
final class ServedBridge {
  let setting: BridgeSetting
  /// Nil while it cannot be had.
  var bridge: Bridge?
  /// What is being done with it.
  var work: Task<Void, Never>?
  var isOver = false
  /// How often in a row it could not be had, why, and when that is tried again.
  var failures = 0
  var trouble: String?
  var retry: Moment?

  init(_ setting: BridgeSetting) {
    self.setting = setting
  }
}
