// How often those who were let in have asked.

internal import ChannelModel
internal import Synchronization
internal import Transom

/// The rates of all who come in by one door, whatever they speak, and what became of what they asked.
final class AccessMeter: Sendable {
  private let rate = Mutex(AccessRate())
  private let answers = Atomic<UInt64>(0)
  private let refusals = Atomic<UInt64>(0)

  /// Takes one of the messages that somebody may send, or says how long there is none.
  func take(_ identity: AccessIdentity, _ permission: AccessPermission) -> Duration? {
    rate.withLock { $0.take(identity, by: permission, at: .now) }
  }

  /// Something was answered.
  func countAnswer() { answers.wrappingAdd(1, ordering: .relaxed) }

  /// Something was refused.
  func countRefusal() { refusals.wrappingAdd(1, ordering: .relaxed) }

  /// What was counted; of connections it knows nothing.
  var figures: DoorFigures {
    var figures = DoorFigures()
    figures.answered = answers.load(ordering: .relaxed)
    figures.refused = refusals.load(ordering: .relaxed)
    return figures
  }
}
