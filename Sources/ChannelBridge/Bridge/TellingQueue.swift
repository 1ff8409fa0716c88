// Peers who have something to tell the channel.

/// Lets one at a time through, in the order in which they came.
///
/// It belongs to its bridge's actor.
final class TellingQueue {
  private var isTaken = false
  private var waiting: [(number: Int, turn: CheckedContinuation<Bool, Never>)] = []

  /// Waits for its turn, which `leave` ends; false when it was turned away.
  func enter(_ number: Int) async -> Bool {
    guard isTaken else {
      isTaken = true
      return true
    }
    return await withCheckedContinuation { waiting.append((number, $0)) }
  }

  func leave() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().turn.resume(returning: true) }
  }

  /// One who has nothing to tell any more need not wait.
  func turnAway(_ number: Int) {
    guard let place = waiting.firstIndex(where: { $0.number == number }) else { return }
    waiting.remove(at: place).turn.resume(returning: false)
  }
}
