// What is known of 1.0 peers at a window.

/// Says whether a 1.0 reader may be at a window, and whether a 1.0 writer shares the side: grace and rising timestamps
/// cost something, and nobody pays for them without need.
package struct PeerEvidence: Hashable, Sendable {
  package enum Reader: Hashable, Sendable {
    case known
    /// Nobody has watched for long enough to say.
    case notRuledOut
    case ruledOut
  }

  /// An open seen so long ago still counts, and so does a foreign write.
  package static let memory: Duration = .seconds(10)
  /// Watching for so long without an open rules a reader out: none polls less often.
  package static let patience: Duration = .seconds(2)
  /// A busy poller opens the window a thousand times a second; for so long after one open the rest is not asked for.
  package static let rest: Duration = .seconds(5)

  /// When somebody of ours began to watch, without a break since; nil while nobody does.
  package private(set) var watchedSince: Moment?
  package private(set) var readerSeen: Moment?
  package private(set) var writerSeen: Moment?
  /// When another process knew that there was no reader.
  private var readerRuledOut: Moment?

  package init(watchedSince: Moment? = nil, readerSeen: Moment? = nil, writerSeen: Moment? = nil) {
    self.watchedSince = watchedSince
    self.readerSeen = readerSeen
    self.writerSeen = writerSeen
  }

  /// Takes in what another process has seen, of this boot. What lies ahead nobody can have seen.
  package mutating func learn(
    writerSeen: Moment?,
    readerSeen: Moment?,
    readerRuledOut: Moment?,
    at now: Moment
  ) {
    func past(_ moment: Moment?) -> Moment? { moment.flatMap { $0 <= now ? $0 : nil } }
    self.writerSeen = Self.later(self.writerSeen, past(writerSeen))
    self.readerSeen = Self.later(self.readerSeen, past(readerSeen))
    self.readerRuledOut = Self.later(self.readerRuledOut, past(readerRuledOut))
  }

  private static func later(_ one: Moment?, _ other: Moment?) -> Moment? {
    guard let one, let other else { return one ?? other }
    return max(one, other)
  }

  package mutating func beganToWatch(at now: Moment) { watchedSince = watchedSince ?? now }

  /// Events may have been missed: what was not seen says nothing any more.
  package mutating func lostSight() { watchedSince = nil }

  /// Somebody else opened the window. Until the moment returned no more opens need to be asked for.
  package mutating func sawOpen(at now: Moment) -> Moment {
    readerSeen = now
    return now.advanced(by: Self.rest)
  }

  package mutating func sawForeignWrite(at now: Moment) { writerSeen = now }

  package func reader(at now: Moment) -> Reader {
    if let readerSeen, now.duration(since: readerSeen) <= Self.memory { return .known }
    if let watchedSince, now.duration(since: watchedSince) >= Self.patience { return .ruledOut }
    // Somebody else watches, and said so a moment ago.
    if let readerRuledOut, now.duration(since: readerRuledOut) <= Self.patience { return .ruledOut }
    return .notRuledOut
  }

  /// When it was last known that there was no reader; nil while one may be there.
  package func readerRuledOut(at now: Moment) -> Moment? {
    guard reader(at: now) == .ruledOut else { return nil }
    if let watchedSince, now.duration(since: watchedSince) >= Self.patience { return now }
    return readerRuledOut
  }

  package func writerSharesTheSide(at now: Moment) -> Bool {
    writerSeen.map { now.duration(since: $0) <= Self.memory } ?? false
  }

  /// What a window owes at this moment.
  package func rules(at now: Moment, grace: Duration = .seconds(2)) -> Projection.Rules {
    let needsGrace = reader(at: now) != .ruledOut && !writerSharesTheSide(at: now)
    return Projection.Rules(grace: needsGrace ? grace : nil)
  }

  /// How timestamps are given at this moment.
  package func timestamps(at now: Moment) -> ProjectedTimestamps.Manner {
    guard reader(at: now) != .ruledOut else { return .natural }
    return writerSharesTheSide(at: now) ? .besideWriter : .alone
  }
}
