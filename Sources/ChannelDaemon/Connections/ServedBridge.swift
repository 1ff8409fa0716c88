// A bridge that the daemon keeps.

internal import ChannelBridge
internal import ChannelModel
internal import ChannelSockets
internal import ChannelWires
internal import LinuxIO

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
  /// Why nobody is reached at the other end; nil once somebody is.
  private var unreached: String?

  init(_ setting: BridgeSetting) {
    self.setting = setting
  }

  /// Takes in what its bridge told.
  func heard(_ notice: BridgeNotice) {
    switch notice {
    case .connected: unreached = nil
    case .unreachable(let place, let error, _): unreached = "\(place): \(BridgeNotice.words(of: error))"
    case .shutOut(let place, let fault, _): unreached = "\(place): \(fault.text)"
    case .over(let words): unreached = words
    case .listening, .aloneThere, .full, .lost, .paused, .refused, .refusedThere, .dropped, .forgotten, .missing,
      .troubled:
      break
    }
  }

  /// What goes wrong with it now.
  var complaint: String? { trouble ?? unreached }

  /// What has gone over it. It is asked on the daemon's loop.
  var figures: BridgeFigures { bridge?.assumeIsolated { $0.figures } ?? BridgeFigures() }
}
