// How a reader goes through the journal.

/// A reader's place in the journal: it is fed what it asked to see, and says what to look at next.
///
/// The rule that it exists for: at the end of a segment that is not sealed, a newer segment is no reason to move on;
/// the old one is read once more first, for what was appended between the two looks.
package struct JournalFollower: Hashable, Sendable {
  /// What to do next.
  package enum Action: Hashable, Sendable {
    /// Read the segment from the offset on, so many bytes or more, and feed `read`; when it is gone, `segmentIsGone`.
    case read(segment: SequenceNumber, at: Int, atLeast: Int)
    /// List the segments and feed `list`.
    case list
    /// Nothing is new: wait for the next notice, then `wake`.
    case wait
  }

  /// What a feed brought: records to deliver, perhaps behind a gap.
  package struct Delivery: Hashable, Sendable {
    /// What is missing before the records.
    package var gap: GapNotice?
    package var records: [JournalRecord] = []
    package let next: Action
  }

  private enum Phase: Hashable, Sendable {
    /// Just begun, or the segment is gone: where do the retained ones begin?
    case starting
    case reading
    /// A newer segment was there before this read: what it does not show will not come.
    case readingOut(next: SequenceNumber)
    /// Nothing more is to be had from the segment: a newer one is looked for.
    case finished
  }

  /// The segment that is read, `none` before the first list.
  package private(set) var segment: SequenceNumber = .none
  package private(set) var offset = SegmentHeader.byteCount
  /// The highest seq delivered or passed.
  package private(set) var last: SequenceNumber
  /// The seq of the record that lies before `offset`; behind `last` when the reader began inside the segment.
  private var here: SequenceNumber = .none
  private var phase = Phase.starting
  /// The segment whose seal named the one that is read now, until that was seen to be there.
  private var sealed: SequenceNumber?
  /// What is left for finding sound records in this segment.
  private var effort = BatchScan.searchEffort
  /// Seqs that were passed without being seen. A copy of one may still come: after a failed flush each writer appends
  /// its own again, in any order. Bounded: beyond it only the newest are waited for.
  private(set) var unseen: [ClosedRange<SequenceNumber>] = []

  static let highestUnseenCount = 16

  /// Whether the reader is to be told of what was removed before it came, though it has read nothing yet.
  private let isOwedAll: Bool

  /// Begins behind `last`; at what is retained when that is `none`. A reader that was registered before the first record
  /// is owed all of them from there on.
  package init(after last: SequenceNumber, isOwedAll: Bool = false) {
    self.last = last
    self.isOwedAll = isOwedAll
  }

  /// What to do after a notice that something changed.
  package mutating func wake() -> Action {
    switch phase {
    case .starting, .finished: return .list
    case .reading, .readingOut:
      phase = .reading
      return readOn()
    }
  }

  /// Takes the names of the segments that are there, as their first seqs, in any order.
  package mutating func list(_ segments: [SequenceNumber]) -> Delivery {
    switch phase {
    case .starting:
      guard let start = segments.filter({ $0 <= last.next }).max() ?? segments.min() else {
        return Delivery(next: .wait)
      }
      let gap = last == .none && !isOwedAll ? nil : missing(before: start, because: .dropped)
      last = max(last, start.previous)
      return Delivery(gap: gap, next: move(to: start))
    case .reading, .readingOut:
      guard let next = segments.filter({ $0 > segment }).min() else { return Delivery(next: .wait) }
      phase = .readingOut(next: next)
      return Delivery(next: readOn())
    case .finished where !segments.contains(segment):
      // It was somebody's plant, and is gone again.
      phase = .starting
      return list(segments)
    case .finished:
      guard let next = segments.filter({ $0 > segment }).min() else { return Delivery(next: .wait) }
      return Delivery(next: move(to: next))
    }
  }

  /// Takes the bytes that lie at the offset asked for; `isWhole` says that they reach the end of the file.
  package mutating func read(_ bytes: [UInt8], isWhole: Bool, seed: UInt32) -> Delivery {
    sealed = nil
    let scan = BatchScan(bytes, from: 0, after: here, seed: seed)
    if scan.end > 0 { return deliver(scan, of: bytes) }
    if case .incomplete(let needed) = scan.stop, !isWhole { return Delivery(next: readOn(atLeast: needed)) }
    guard case .readingOut(let next) = phase else { return Delivery(next: .list) }
    guard let whole = BatchScan.nextWhole(in: bytes, from: 1, after: here, seed: seed, effort: &effort) else {
      if isWhole || effort < 0 { return Delivery(next: move(to: next)) }
      if bytes.count < JournalRecord.highestByteCount { return Delivery(next: readOn(atLeast: 2 * bytes.count)) }
      // No record that begins in these bytes is sound; only the last few could be the head of one.
      offset += bytes.count - JournalRecord.headByteCount + 1
      return Delivery(next: readOn())
    }
    offset += whole.offset
    here = whole.before
    return Delivery(next: readOn())
  }

  /// The segment that was asked for is not there, or is shorter than the offset: it was removed, cut or replaced.
  package mutating func segmentIsGone() -> Action {
    if let sealed {
      // The seal named a segment that never was, or went in a power loss. Going back into the sealed one would only lead
      // here again.
      segment = sealed
      self.sealed = nil
      phase = .finished
    } else {
      // Too short from the start is no segment: as long as it lies there, looking again would only lead back to it.
      phase = offset == SegmentHeader.byteCount ? .finished : .starting
    }
    return .list
  }

  /// The segment's header cannot be read: what is in it is lost, and the next one's first record will say which seqs.
  package mutating func segmentIsUnreadable() -> Action {
    phase = .finished
    return .list
  }

  /// Passes a record that is known without having been read: it lies at the offset, and is so many bytes long. False when
  /// what was read last is not what lies before it.
  package mutating func pass(_ number: SequenceNumber, of byteCount: Int) -> Bool {
    guard phase == .reading, here == last, number == last.next else { return false }
    sealed = nil
    offset += byteCount
    here = number
    last = number
    return true
  }

  private mutating func deliver(_ scan: BatchScan, of bytes: [UInt8]) -> Delivery {
    var delivered: [JournalRecord] = []
    var gap: GapNotice?
    for record in scan.records {
      let number = record.sequenceNumber
      if number <= last {
        guard record.flags.contains(.copy), see(number) else { continue }
      } else {
        // A gap record may say itself what is missing before it; then it is not said twice.
        if let missing = missing(before: number, because: .damage), record.gap(in: bytes)?.covers(missing) != true {
          gap = gap ?? missing
        }
        last = number
      }
      delivered.append(record)
    }
    offset += scan.end
    here = scan.last
    if case .sealed(let next, _) = scan.stop {
      // Forward only: a forged seal would lead in circles.
      guard next > segment else {
        phase = .finished
        return Delivery(gap: gap, records: delivered, next: .list)
      }
      let before = segment
      let action = move(to: next)
      sealed = before
      return Delivery(gap: gap, records: delivered, next: action)
    }
    return Delivery(gap: gap, records: delivered, next: readOn())
  }

  private mutating func move(to next: SequenceNumber) -> Action {
    segment = next
    offset = SegmentHeader.byteCount
    here = next.previous
    phase = .reading
    effort = BatchScan.searchEffort
    return readOn()
  }

  private func readOn(atLeast count: Int = JournalRecord.headByteCount) -> Action {
    .read(segment: segment, at: offset, atLeast: count)
  }

  private mutating func missing(before number: SequenceNumber, because reason: GapNotice.Reason) -> GapNotice? {
    guard number > last.next else { return nil }
    unseen.append(last.next...number.previous)
    trimUnseen()
    return GapNotice(reason, from: last.next, through: number.previous)
  }

  /// Whether `number` had been passed unseen; from now on it has not.
  private mutating func see(_ number: SequenceNumber) -> Bool {
    guard let place = unseen.firstIndex(where: { $0.contains(number) }) else { return false }
    let range = unseen[place]
    let rest = [(range.lowerBound, number.previous), (number.next, range.upperBound)].filter { $0.0 <= $0.1 }
    unseen.replaceSubrange(place...place, with: rest.map { $0.0...$0.1 })
    trimUnseen()
    return true
  }

  private mutating func trimUnseen() {
    unseen.removeFirst(max(0, unseen.count - Self.highestUnseenCount))
  }
}
