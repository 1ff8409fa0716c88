// How a thread reads that finds a message nearly every time it looks.

internal import ChannelModel
internal import LinuxIO

/// What a blocking reader does besides reading while messages come without end.
///
/// A message that is looked at the moment it was written slows its writer down, by a sixth: both are at the same memory.
/// So in a flood a few may gather before the next look.
///
/// Neither it nor the watcher's own thread should sleep and be woken for each: to wake somebody costs a writer more than
/// the message does. So the reader looks for a moment longer before it goes to sleep; and now and then it takes the
/// watcher's turn, since the own thread leaves the events to whoever does.
struct FloodCare {
  /// For how long is looked again: about what it takes to sleep and be woken.
  static let patience = Duration.microseconds(40)
  /// The time between two turns: well below the pause after which the own thread drives again, and would be woken by
  /// whatever happens.
  static let turnPause = Duration.microseconds(700)
  /// So many messages are read between two looks at the clock.
  static let messagesPerLook = 4

  /// Before the next look in a flood: two or three messages gather.
  static let gathering = Duration.microseconds(8)

  private var spinning = SpinPatience()
  private var taken = 0
  private var turned = Moment(nanoseconds: 0)
  /// Messages since the last looking on, and whether that one found its message sooner than a few gather.
  private var gathered = 0
  private var wasSoon = false

  /// A message was found at the first look; true when it is the watcher's turn.
  mutating func tookOne(at now: @autoclosure () -> Moment) -> Bool {
    taken += 1
    gathered += 1
    guard taken >= Self.messagesPerLook else { return false }
    taken = 0
    let now = now()
    guard now.duration(since: turned) >= Self.turnPause else { return false }
    turned = now
    return true
  }

  /// Nothing was found: how long to wait before looking again for a moment; nil when that is not worth it.
  mutating func pauseBeforeLookingOn() -> Duration? {
    let isFlood = wasSoon || gathered > 1
    wasSoon = false
    gathered = 0
    guard spinning.isWorthTrying() else { return nil }
    return isFlood ? Self.gathering : .zero
  }

  mutating func lookedOn(for time: Duration, found: Bool) {
    if found {
      spinning.paid()
      gathered = 1
      wasSoon = time < Self.gathering
    } else {
      spinning.wasVain()
    }
  }
}
