// What is put off, and for how long.

internal import ChannelModel

/// Something that is put off as long as there is something better to do, but not for long.
struct Deferral {
  static let longest = Duration.microseconds(200)

  private var since: Moment?

  /// Whether anything is put off.
  var isOn: Bool { since != nil }

  /// Puts it off; the first time counts, however often there is something better to do.
  mutating func begin(at now: Moment) {
    if since == nil { since = now }
  }

  /// Whether it is to be done now; then it is put off no more.
  mutating func ends(isIdle: Bool, at now: Moment) -> Bool {
    guard let since, isIdle || now.duration(since: since) >= Self.longest else { return false }
    self.since = nil
    return true
  }
}
