// What of the journal stays, and when a sender has to wait.

/// Decides which segments may go: nothing is lost, and nothing grows without bound.
package struct Retention: Hashable, Sendable {
  /// A segment as it lies there, closed but for the newest.
  package struct Segment: Hashable, Sendable {
    package let first: SequenceNumber
    package let last: SequenceNumber
    package let byteCount: Int
    /// When its last record was appended.
    package let newest: WallTime

    package init(first: SequenceNumber, last: SequenceNumber, byteCount: Int, newest: WallTime) {
      self.first = first
      self.last = last
      self.byteCount = byteCount
      self.newest = newest
    }
  }

  /// A registered reader as its file shows it.
  package struct Reader: Hashable, Sendable {
    package let name: String
    package let kind: ReaderFile.Kind
    package let through: SequenceNumber

    package init(name: String, kind: ReaderFile.Kind, through: SequenceNumber) {
      self.name = name
      self.kind = kind
      self.through = through
    }
  }

  /// What happens at the limit.
  package enum Manner: Hashable, Sendable {
    /// Senders wait for the reader that lags. Nothing is dropped.
    case backPressure(limit: Int)
    /// The newest are kept and the oldest dropped, readers or not: only for those who asked for it.
    case latest(bytes: Int? = nil, messages: Int? = nil, age: Duration? = nil)

    package static let standard = Manner.backPressure(limit: 1 << 30)
  }

  /// Kept while no reader is registered, so that one that starts a little late finds something.
  package static let keptWithoutReaders = 2

  package let manner: Manner
  /// A window may owe so many of the newest.
  package let keptForWindow: UInt64

  package init(_ manner: Manner = .standard, keptForWindow: UInt64 = 100) {
    precondition(keptForWindow > 0, "the newest record always stays")
    self.manner = manner
    self.keptForWindow = keptForWindow
  }

  /// The segments to remove, given oldest first as they lie there.
  package func removable(of segments: [Segment], readers: [Reader], now: WallTime) -> [SequenceNumber] {
    guard let newest = segments.last else { return [] }
    let closed = segments.dropLast()
    let neededForWindow = SequenceNumber(newest.last.rawValue - min(newest.last.rawValue, keptForWindow - 1))
    let candidates = closed.prefix { $0.last < neededForWindow }
    switch manner {
    case .backPressure(let limit):
      let named = readers.filter { $0.kind != .unnamed }
      let holding = named.map(\.through).min()
      let unnamed = readers.filter { $0.kind == .unnamed }.map(\.through).min()
      let byteCount = Self.byteCount(of: segments)
      var excess = byteCount - limit
      let spare = readers.isEmpty ? Self.keptWithoutReaders : 1
      return candidates.prefix(max(0, segments.count - spare)).prefix { segment in
        guard holding.map({ segment.last <= $0 }) ?? true else { return false }
        // A reader without a name holds segments only up to the limit: nobody's sender waits for it.
        guard unnamed.map({ segment.last <= $0 }) ?? true || excess > 0 else { return false }
        excess -= segment.byteCount
        return true
      }.map(\.first)
    case .latest(let bytes, let messages, let age):
      var kept = Self.byteCount(of: segments)
      return candidates.prefix { segment in
        let isOverBytes = bytes.map { kept - segment.byteCount >= $0 } ?? false
        let isOverMessages = messages.map { newest.last.distance(from: segment.last) >= UInt64(max(0, $0)) } ?? false
        let isOverAge =
          age.map { now > segment.newest && now.nanoseconds - segment.newest.nanoseconds > $0.wholeNanoseconds }
          ?? false
        guard isOverBytes || isOverMessages || isOverAge else { return false }
        kept -= segment.byteCount
        return true
      }.map(\.first)
    }
  }

  /// Whether an append may go ahead.
  package enum Room: Hashable, Sendable {
    case free
    /// The journal is at its limit: this reader lags most, by so many seqs.
    case full(laggard: String, lag: UInt64)
  }

  /// What an append is for.
  package enum Purpose: Hashable, Sendable {
    case sending
    /// What a 1.0 peer wrote is lost if it cannot be taken in: imports may pass the limit by a tenth.
    case importing
  }

  /// Whether so many bytes more have room, after `removable` has been removed.
  package func room(
    for byteCount: Int,
    purpose: Purpose,
    segments: [Segment],
    readers: [Reader]
  ) -> Room {
    guard case .backPressure(let limit) = manner, let newest = segments.last,
      let laggard = readers.filter({ $0.kind != .unnamed }).min(by: { $0.through < $1.through })
    else { return .free }
    let allowed = purpose == .importing ? limit + limit / 10 : limit
    let held = Self.byteCount(of: segments)
    // Only what a named reader still holds can be waited for; the newest segment is always there.
    guard held > allowed - byteCount, let oldest = segments.first, oldest.last > laggard.through
    else { return .free }
    return .full(laggard: laggard.name, lag: newest.last.distance(from: laggard.through))
  }

  /// Their sizes together; a peer may have made files of any size.
  private static func byteCount(of segments: [Segment]) -> Int {
    segments.reduce(0) { sum, segment in
      let next = sum.addingReportingOverflow(max(0, segment.byteCount))
      return next.overflow ? .max : next.partialValue
    }
  }
}
