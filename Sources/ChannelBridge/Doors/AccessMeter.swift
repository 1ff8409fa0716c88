// How often those who were let in have asked.

internal import ChannelModel
internal import Synchronization
internal import Transom

/// The rates of all who come in by one door, whatever they speak.
final class AccessMeter: Sendable {
  private let rate = Mutex(AccessRate())

  /// Takes one of the messages that somebody may send, or says how long there is none.
  func take(_ identity: AccessIdentity, _ permission: AccessPermission) -> Duration? {
    rate.withLock { $0.take(identity, by: permission, at: .now) }
  }
}
