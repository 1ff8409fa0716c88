// Whether a monitor has to open the window.

/// Decides by what was written about the window whether something foreign may be in it.
///
/// Who may write asks the projectors' lock for that; a monitor takes none. And it must not open what needs no opening:
/// whoever opens a window counts as a 1.0 reader, and natives slow down for those.
package struct MonitorPatience: Sendable {
  /// What a look found, in the order in which it was looked for.
  package struct Facts: Hashable, Sendable {
    /// What `projected` says of this boot's windows, nil where it says nothing.
    package let projected: Projected?
    package let checksum: UInt32
    /// The checksum in `project.lock`: of the last `projected` whose window is known to have been published.
    package let confirmed: UInt32?
    package let window: FileState
    /// That of `projected` as it was found behind all this.
    package let checksumAfter: UInt32

    package init(
      projected: Projected?,
      checksum: UInt32,
      confirmed: UInt32?,
      window: FileState,
      checksumAfter: UInt32
    ) {
      self.projected = projected
      self.checksum = checksum
      self.confirmed = confirmed
      self.window = window
      self.checksumAfter = checksumAfter
    }
  }

  package enum Verdict: Hashable, Sendable {
    /// All that is in it is in the journal.
    case known
    case foreign
    /// Somebody is about to put another in its place: look again after this long.
    case wait(Duration)
  }

  /// So soon it is looked at again while somebody is projecting.
  package static let pause: Duration = .milliseconds(2)
  /// Whoever is about to publish for longer than that was stopped or killed, and what stands there is read. A disk that
  /// writes its own journal may hold up the one rename for a tenth of a second and more.
  package static let longest: Duration = .milliseconds(500)

  /// However often somebody begins anew, for so long nothing foreign can wait to be read.
  package static let longestInAll: Duration = .seconds(1)

  private var intent: (checksum: UInt32, since: Moment)?
  private var waitsSince: Moment?

  package init() {}

  package mutating func judge(_ facts: Facts, at now: Moment) -> Verdict {
    let verdict = judgeIntent(facts, at: now)
    guard case .wait = verdict else {
      waitsSince = nil
      return verdict
    }
    let since = waitsSince ?? now
    waitsSince = since
    guard now.duration(since: since) >= Self.longestInAll else { return verdict }
    (intent, waitsSince) = (nil, nil)
    return .foreign
  }

  private mutating func judgeIntent(_ facts: Facts, at now: Moment) -> Verdict {
    guard let projected = facts.projected else { return .foreign }
    if projected.window == facts.window {
      intent = nil
      return .known
    }
    // No projector publishes without having written its intent first: between the two looks nobody has published, and
    // what was published before is not there any more.
    if facts.checksum == facts.checksumAfter, facts.checksum == facts.confirmed {
      intent = nil
      return .foreign
    }
    guard let intent, intent.checksum == facts.checksumAfter else {
      intent = (facts.checksumAfter, now)
      return .wait(Self.pause)
    }
    return now.duration(since: intent.since) < Self.longest ? .wait(Self.pause) : .foreign
  }
}
