// The timestamps that 1.0 readers see.

/// Gives projected messages their timestamps.
///
/// A 1.0 reader delivers again, for ever, what shares the newest millisecond, and drops what is older; strictly rising
/// timestamps cure both. They may run ahead of the clock, up to a lead, and then the sender is paced.
package struct ProjectedTimestamps: Hashable, Sendable {
  package enum Manner: Hashable, Sendable {
    /// A 1.0 reader is known, or not yet ruled out: strictly rising, at most so far ahead of the clock.
    case rising(lead: Duration)
    /// No 1.0 reader: never falling is enough.
    case natural

    /// How far timestamps may lead while no 1.0 writer shares the side.
    package static let alone = Manner.rising(lead: .seconds(5))
    /// Beside a 1.0 writer, whose own messages would be older than ours and go unheard.
    package static let besideWriter = Manner.rising(lead: .milliseconds(100))

    /// How far ahead of the clock a timestamp may be.
    fileprivate func latest(at now: UInt64) -> UInt64 {
      let lead: Duration =
        switch self {
        case .rising(let lead): lead
        case .natural: .seconds(5)
        }
      return now.saturatingAdd(lead.wholeNanoseconds / 1_000_000)
    }
  }

  package enum Grant: Hashable, Sendable {
    case timestamp(UInt64)
    /// The lead is used up: ask again after this long.
    case wait(Duration)
  }

  /// The newest timestamp that a reader may have seen, in milliseconds.
  package private(set) var newest: UInt64

  package init(newest: UInt64 = 0) {
    self.newest = newest
  }

  /// Goes on from what a `projected` claims; a peer may have written it.
  ///
  /// Readers can only have seen what a window held: beyond the longest lead nothing is believed but `newestInWindow`, the
  /// newest timestamp of a message of ours in the window. The longest, whatever holds now: what was shown before a 1.0
  /// writer came is what its readers go by, also when that writer has pushed it out of the window.
  package init(claimed: UInt64, newestInWindow: UInt64?, at now: UInt64) {
    newest = min(claimed, max(Manner.alone.latest(at: now), newestInWindow ?? 0))
  }

  /// The timestamp of the next projected message.
  package mutating func next(at now: UInt64, manner: Manner) -> Grant {
    guard case .rising = manner else {
      newest = max(newest, now)
      return .timestamp(newest)
    }
    let candidate = max(now, newest.saturatingAdd(1))
    // Before a 1.0 writer came `newest` may have led by more than it may now. It has to go on from there, and never beyond
    // the longest lead: so far the next projector believes it.
    let latest = newest <= manner.latest(at: now) ? manner.latest(at: now) : Manner.alone.latest(at: now)
    // Sending alone never brings `newest` beyond that: if it is there the clock was set back, which waiting would not
    // mend for as long as the step was. Readers have seen `newest`, so the next one still has to be higher.
    if candidate > latest, newest <= latest {
      return .wait(.milliseconds(Int64(clamping: candidate - latest)))
    }
    newest = candidate
    return .timestamp(candidate)
  }

  /// Takes notice of a foreign message's timestamp; one of the far future is not followed.
  package mutating func saw(_ timestamp: UInt64, at now: UInt64, manner: Manner) {
    guard timestamp <= manner.latest(at: now) else { return }
    newest = max(newest, timestamp)
  }
}

extension UInt64 {
  fileprivate func saturatingAdd(_ other: UInt64) -> UInt64 {
    let sum = addingReportingOverflow(other)
    return sum.overflow ? .max : sum.partialValue
  }
}
