// How a thread reads that finds a message nearly every time it looks.

internal import ChannelModel

/// What a blocking reader does besides reading while messages come without end.
///
/// Neither it nor the watcher's own thread should sleep and be woken for each: to wake somebody costs a writer more than
/// the message does. So the reader looks for a moment longer before it goes to sleep; and now and then it takes the
/// watcher's turn, since the own thread leaves the events to whoever does.
struct FloodCare {
  /// For how long is looked again: about what it takes to sleep and be woken.
  static let patience = Duration.microseconds(40)
  /// Messages between two turns: well below the pause after which the own thread drives again.
  static let messagesPerTurn = 64

  private var spinning = SpinPatience()
  private var taken = 0

  /// A message was found at the first look; true when it is the watcher's turn.
  mutating func tookOne() -> Bool {
    taken += 1
    guard taken >= Self.messagesPerTurn else { return false }
    taken = 0
    return true
  }

  /// Nothing was found; whether to look again for a moment.
  mutating func isWorthLookingOn() -> Bool { spinning.isWorthTrying() }

  mutating func lookedOn(found: Bool) {
    if found { spinning.paid() } else { spinning.wasVain() }
  }
}
