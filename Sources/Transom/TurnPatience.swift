// How long a member of a group bears with another's turn.

internal import ChannelModel

/// When to look again at files that somebody else is at; and when he is at them for too long to be taking a turn.
struct TurnPatience {
  private var since: Moment?

  /// Longer than this it is an error.
  static let limit = Duration.seconds(6)
  private static let longestPause = Duration.milliseconds(50)

  /// When to look again, less often the longer it lasts; nil once when it lasted too long.
  mutating func nextLook(at now: Moment) -> Moment? {
    let begin = since ?? now
    let busy = now.duration(since: begin)
    since = busy < Self.limit ? begin : nil
    guard since != nil else { return nil }
    return now.advanced(by: max(.milliseconds(1), min(busy / 4, Self.longestPause)))
  }

  /// The files were free.
  mutating func end() { since = nil }
}
