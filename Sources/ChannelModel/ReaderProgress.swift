// A durable reader between what it was given, what it acknowledged, and what of that is written.

/// Says what may be delivered next and when the cursor has to be written; it is fed seqs and moments.
///
/// What a crash can repeat is bounded: nothing is delivered that lies more than two spans behind the written cursor.
package struct ReaderProgress: Hashable, Sendable {
  /// When the cursor is written.
  package enum Saving: Hashable, Sendable {
    /// Before an acknowledgement returns.
    case each
    /// At most so many acknowledgements or so long behind.
    case together(count: Int, time: Duration)

    package static let coalesced = Saving.together(count: 100, time: .milliseconds(10))
  }

  /// What was acknowledged so far, written or not.
  package private(set) var cursor: Cursor
  /// The highest seq that was delivered or passed.
  package private(set) var position: SequenceNumber
  private let saving: Saving
  /// Up to here a holder before us may have been given what it did not acknowledge.
  private let doubtfulThrough: SequenceNumber
  private var writtenThrough: SequenceNumber
  private var unwrittenCount = 0
  private var unwrittenSince: Moment?

  /// Begins behind `cursor`.
  ///
  /// `mayRepeat` says that somebody read under this name before and did not end with everything acknowledged.
  package init(_ cursor: Cursor, saving: Saving = .coalesced, mayRepeat: Bool = false) {
    self.cursor = cursor
    self.saving = saving
    position = cursor.through
    writtenThrough = cursor.through
    doubtfulThrough = mayRepeat ? cursor.through.advanced(by: Self.reach) : .none
  }

  /// Nothing further on than this from the written cursor is delivered.
  private static let reach = 2 * Cursor.span

  // MARK: Delivering

  /// What to do with the next record of the journal.
  package enum Meeting: Hashable, Sendable {
    case deliver(isRedelivered: Bool)
    /// It was acknowledged before.
    case isDone
    /// Too much is open: an older one has to be acknowledged first.
    case waitForAcknowledgement
    /// The cursor has to be written first.
    case save
  }

  /// Meets a record that carries a message; what lies between it and the one before it is missing and passed.
  ///
  /// Where it has to wait, the same record is met again later.
  package mutating func meet(_ number: SequenceNumber, at now: @autoclosure () -> Moment) -> Meeting {
    // A copy of one that was passed unseen: the gap has spoken of it, now it comes after all.
    guard number > position else { return .deliver(isRedelivered: number <= doubtfulThrough) }
    guard passes(through: number.previous, now()) else { return .waitForAcknowledgement }
    guard number <= cursor.deliverableThrough else { return .waitForAcknowledgement }
    guard number <= writtenThrough.advanced(by: Self.reach) else { return .save }
    position = number
    return cursor.contains(number) ? .isDone : .deliver(isRedelivered: number <= doubtfulThrough)
  }

  /// Passes what carries no message; false when an older one has to be acknowledged first.
  package mutating func pass(_ number: SequenceNumber, at now: @autoclosure () -> Moment) -> Bool {
    guard number > position else { return true }
    return passes(through: number, now())
  }

  private mutating func passes(through number: SequenceNumber, _ now: @autoclosure () -> Moment) -> Bool {
    guard number > position else { return true }
    if cursor.through >= position {
      cursor.skip(through: number)
    } else {
      guard number <= cursor.deliverableThrough else { return false }
      var passed = position
      while passed < number {
        passed = passed.next
        _ = cursor.acknowledge(passed)
      }
    }
    position = number
    note(now())
    return true
  }

  // MARK: Acknowledging

  package enum Acknowledgement: Hashable, Sendable {
    case accepted
    case repeated
    /// It was never delivered.
    case unknown
  }

  /// Takes an acknowledgement, in any order; then look at `needsSaving`.
  package mutating func acknowledge(_ number: SequenceNumber, at now: @autoclosure () -> Moment) -> Acknowledgement {
    guard number <= position else { return .unknown }
    guard cursor.acknowledge(number) == .accepted else { return .repeated }
    note(now())
    return .accepted
  }

  /// Whether everything delivered is acknowledged.
  package var isComplete: Bool { cursor.through >= position }

  // MARK: Writing

  private mutating func note(_ now: @autoclosure () -> Moment) {
    unwrittenCount += 1
    if unwrittenSince == nil { unwrittenSince = now() }
  }

  /// Whether there is anything to write.
  package var isUnwritten: Bool { unwrittenCount > 0 }

  /// When the cursor is to be written at the latest; nil while nothing waits for it.
  package var savesAt: Moment? {
    guard let unwrittenSince else { return nil }
    switch saving {
    case .each: return unwrittenSince
    case .together(_, let time): return unwrittenSince.advanced(by: time)
    }
  }

  /// Whether so many wait that the cursor is to be written at once.
  package var isSavingDue: Bool {
    switch saving {
    case .each: unwrittenCount > 0
    case .together(let count, _): unwrittenCount >= count
    }
  }

  /// Whether the cursor is to be written now.
  package func needsSaving(at now: Moment) -> Bool {
    isSavingDue || savesAt.map { $0 <= now } ?? false
  }

  /// The cursor was written as it is now. After a failed write it is not called: all of it waits for the next.
  package mutating func wasSaved() {
    writtenThrough = cursor.through
    unwrittenCount = 0
    unwrittenSince = nil
  }
}
