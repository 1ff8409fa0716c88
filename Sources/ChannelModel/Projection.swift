// What goes from the journal into a window.

/// Which elements of a window stay and which records join them, so that it shows what it owes.
package struct Projection: Hashable, Sendable {
  /// A record that a window may show.
  package struct Entry: Hashable, Sendable {
    package let number: SequenceNumber
    package let identity: ElementIdentity
    package let byteCount: Int
    package let appended: WallTime

    package init(number: SequenceNumber, identity: ElementIdentity, byteCount: Int, appended: WallTime) {
      self.number = number
      self.identity = identity
      self.byteCount = byteCount
      self.appended = appended
    }
  }

  /// What a window owes to its readers.
  package struct Rules: Hashable, Sendable {
    /// The newest so many, as 1.0 keeps them.
    package var count = 100
    /// While a 1.0 reader may be there and no 1.0 writer shares the side: what is younger than this stays as well,
    /// because a reader that polls every 100 ms loses most of a flood to the count. Nil when nobody needs it.
    package var grace: Duration?
    /// … up to so many bytes.
    package var graceByteCount = 8 << 20
    /// Our own reading limit: no window that we could not read again. The newest message is always in.
    package var byteCount = 64 << 20

    package init(count: Int = 100, grace: Duration? = nil) {
      self.count = count
      self.grace = grace
    }
  }

  /// Places in the window whose elements stay, in their order.
  package let kept: [Int]
  /// Records that join behind them.
  package let added: [SequenceNumber]
  /// What the window then shows the journal up to.
  package let through: SequenceNumber
  /// The oldest record it shows; `none` when it shows nothing.
  package let oldest: SequenceNumber

  /// Whether the window can stay as it is.
  package func changesNothing(in content: [ElementIdentity?]) -> Bool {
    added.isEmpty && kept.count == content.count
  }

  /// Plans the next window from the elements of this one and the newest records that carry messages, oldest first.
  ///
  /// All that the window lacks comes back, not only what is newer than the last projection: a peer that was stopped may
  /// have put a stale copy in its place. An element that is no message (nil) leaves: it would keep 1.0 peers from reading
  /// all the others.
  package init(
    of journal: [Entry],
    above floor: SequenceNumber,
    into content: [ElementIdentity?],
    rules: Rules,
    now: WallTime
  ) {
    let owed = Self.owed(of: journal, above: floor, rules: rules, now: now)
    through = journal.last?.number ?? .none
    oldest = owed.first?.number ?? .none
    if let run = Self.run(of: content, in: journal), run.lowerBound <= owed.startIndex {
      // As it nearly always is: what it shows is a stretch of the journal, so that it ends earlier and begins earlier than
      // it should.
      kept = Array(min(owed.startIndex - run.lowerBound, content.count)..<content.count)
      added = journal[max(run.upperBound, owed.startIndex)...].map(\.number)
      return
    }
    let wanted = Set(owed.map(\.identity))
    var present: Set<ElementIdentity> = []
    var kept: [Int] = []
    // Of two equal elements the first stays, so that none is delivered twice.
    for case (let place, let identity?) in content.enumerated()
    where wanted.contains(identity) && present.insert(identity).inserted {
      kept.append(place)
    }
    self.kept = kept
    added = owed.filter { !present.contains($0.identity) }.map(\.number)
  }

  /// Which stretch of the journal a window shows; nil when it shows none, or anything else.
  private static func run(of content: [ElementIdentity?], in journal: [Entry]) -> Range<Int>? {
    guard let last = content.last, let last, let end = journal.lastIndex(where: { $0.identity == last }),
      end + 1 >= content.count
    else { return nil }
    let start = end + 1 - content.count
    for place in content.indices where content[place] != journal[start + place].identity { return nil }
    return start..<end + 1
  }

  /// The records that a window owes, oldest first.
  package static func owed(
    of journal: [Entry],
    above floor: SequenceNumber,
    rules: Rules,
    now: WallTime
  ) -> ArraySlice<Entry> {
    var byteCount = 0
    var start = journal.endIndex
    let grace = rules.grace?.wholeNanoseconds
    while start > journal.startIndex {
      let entry = journal[start - 1]
      guard entry.number > floor else { break }
      let count = journal.endIndex - start
      byteCount += entry.byteCount
      let isGraced =
        grace.map { isYounger(entry, than: $0, at: now) && byteCount <= rules.graceByteCount } ?? false
      guard count == 0 || byteCount <= rules.byteCount && (count < rules.count || isGraced) else { break }
      start -= 1
    }
    return journal[start...]
  }

  private static func isYounger(_ entry: Entry, than grace: UInt64, at now: WallTime) -> Bool {
    entry.appended >= now || now.nanoseconds - entry.appended.nanoseconds < grace
  }
}
