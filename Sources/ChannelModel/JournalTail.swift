// Where the journal ends, and what an append has to do there.

/// The end of the newest segment, as whoever holds the journal's lock found it.
package struct JournalTail: Hashable, Sendable {
  package let header: SegmentHeader
  /// The highest seq that is kept.
  package private(set) var last: SequenceNumber
  /// The offset behind the last whole batch: where the next one goes.
  package private(set) var end: Int
  /// Where the segment after this one begins, once it is sealed.
  package private(set) var sealedTo: SequenceNumber?
  /// Bytes behind `end` that repair cuts off; they go to quarantine.
  package private(set) var torn: Range<Int>?
  /// Something before `end` is broken; nothing is cut there, and nothing more is appended to this segment.
  package private(set) var isDamaged = false
  private let seed: UInt32

  /// Whether the next batch can be put behind `end` as it is.
  package var isSound: Bool { torn == nil && sealedTo == nil && !isDamaged }

  /// A segment that was just begun.
  package init(beginning header: SegmentHeader) {
    self.header = header
    seed = JournalRecord.seed(of: header.journal)
    last = header.first.previous
    end = SegmentHeader.byteCount
  }

  /// Reads the whole of the newest segment. Throws when its header is unreadable.
  package init(reading bytes: [UInt8]) throws(DiskFormat.Failure) {
    self.init(beginning: try SegmentHeader(decoding: bytes))
    read(on: bytes, from: 0)
  }

  /// Reads what was appended since: `bytes` lie in the file at `offset`, which is not behind `end`.
  ///
  /// Call it with everything up to the end of the file, under the journal's lock: then what is not whole will never be.
  package mutating func read(on bytes: [UInt8], from offset: Int) {
    var next = end - offset
    var effort = BatchScan.searchEffort
    torn = nil
    while sealedTo == nil {
      let scan = BatchScan(bytes, from: next, after: last, seed: seed)
      last = scan.last
      end = offset + scan.end
      if case .sealed(let number, _) = scan.stop { sealedTo = number }
      guard scan.stop != .ended, sealedTo == nil else { break }
      let whole = BatchScan.nextWhole(in: bytes, from: scan.end + 1, after: last, seed: seed, effort: &effort)
      guard effort >= 0 else {
        // Made to be searched for ever. It is left as it is, and every seq that it could hold counts as given.
        isDamaged = true
        last = last.advanced(by: (bytes.count - scan.end) / JournalRecord.headByteCount)
        end = offset + bytes.count
        break
      }
      guard let whole else {
        if scan.end < bytes.count { torn = end..<offset + bytes.count }
        break
      }
      isDamaged = true
      last = whole.before
      next = whole.offset
    }
  }

  // MARK: Appending

  /// What whoever appends knows besides the tail.
  package struct Circumstances: Hashable, Sendable {
    package var boot: UniqueID
    package var time: WallTime
    /// The highest seq that `projected`, any cursor or `ids` speak of: seq never goes back below it.
    package var remembered: SequenceNumber
    package var segmentLimit: Int
    /// What messages of ours get their ids from; without it there can be none among the drafts.
    package var ids: OwnIDs?

    package init(
      boot: UniqueID,
      time: WallTime,
      remembered: SequenceNumber = .none,
      segmentLimit: Int = 4 << 20,
      ids: OwnIDs? = nil
    ) {
      self.boot = boot
      self.time = time
      self.remembered = remembered
      self.segmentLimit = segmentLimit
      self.ids = ids
    }
  }

  /// One thing to do; they are done in order, under the journal's lock.
  package enum Step: Hashable, Sendable {
    /// Keep these bytes of the segment in quarantine, then cut the file to where they begin.
    case cut(Range<Int>)
    /// Make the next segment aside with these bytes and rename it into place.
    case begin(SegmentHeader)
    /// Write into the segment that was the newest before `begin`.
    case seal([UInt8], at: Int)
    /// Write into the newest segment.
    case append([UInt8], at: Int)
  }

  package struct Plan: Hashable, Sendable {
    package let steps: [Step]
    /// The seqs of the drafts, in their order.
    package let numbers: ClosedRange<SequenceNumber>
    /// The tail when all steps are done.
    package let tail: JournalTail
  }

  /// No seq is left that an id has room for. Only a peer that forged one can bring a journal there.
  package struct Exhausted: Error, Hashable, Sendable, CustomStringConvertible {
    package init() {}

    package var description: String { "the journal's seqs are used up: make a new channel, this one was tampered with" }
  }

  /// What to do so that `drafts` stand in the journal as one batch.
  ///
  /// A new segment is begun before the old one is sealed: whoever sees a seal finds the segment that it names, and
  /// whoever finds a newer segment without a seal knows that the writer died in between.
  package func plan(_ drafts: [JournalDraft], under now: Circumstances) throws(Exhausted) -> Plan {
    let byteCount = Self.measure(drafts)
    var steps: [Step] = []
    var tail = self
    if let torn {
      steps.append(.cut(torn))
      tail.torn = nil
    }
    let (next, notice) = successor(under: now)
    let isFull = !hasRoom(for: byteCount, under: now)
    var drafts = drafts
    var isNoticed = false
    if isRestart(under: now) || isDamaged || isFull || sealedTo != nil {
      steps.append(.begin(next))
      if sealedTo == nil { steps.append(seal(naming: next.first, at: now.time, isSuspect: false)) }
      tail = JournalTail(beginning: next)
      if let notice {
        drafts.insert(.gap(notice), at: 0)
        isNoticed = true
      }
    }
    guard tail.last.advanced(by: drafts.count) <= .highest else { throw Exhausted() }
    let (bytes, numbers) = tail.encode(drafts, under: now)
    steps.append(.append(bytes, at: tail.end))
    tail.end += bytes.count
    tail.last = numbers.upperBound
    let first = isNoticed ? numbers.lowerBound.next : numbers.lowerBound
    return Plan(steps: steps, numbers: first...numbers.upperBound, tail: tail)
  }

  /// Checks a batch, and says how many bytes it takes.
  private static func measure(_ drafts: [JournalDraft]) -> Int {
    precondition(!drafts.isEmpty && drafts.count <= BatchScan.highestMessageCount, "a longer batch would not be read")
    for place in drafts.indices {
      precondition(drafts[place].kind != .seal, "a batch is of messages and notices")
    }
    return byteCount(of: drafts)
  }

  private static func byteCount(of drafts: [JournalDraft]) -> Int {
    var byteCount = 0
    for place in drafts.indices { byteCount += drafts[place].byteCount }
    return byteCount
  }

  private func hasRoom(for byteCount: Int, under now: Circumstances) -> Bool {
    end == SegmentHeader.byteCount || end + byteCount + JournalRecord.headByteCount <= now.segmentLimit
  }

  /// The short way of nearly every append: when there is nothing to do but to write `drafts` at `end`, puts their bytes
  /// at the start of `bytes`, which only ever grows; nil when there is more to do, then `plan` says what.
  ///
  /// Once they are written, `advance` is due.
  package func encodePlainly(
    _ drafts: [JournalDraft],
    under now: Circumstances,
    to bytes: inout [UInt8]
  ) -> (numbers: ClosedRange<SequenceNumber>, byteCount: Int)? {
    let byteCount = Self.measure(drafts)
    guard isSound, !isRestart(under: now), hasRoom(for: byteCount, under: now),
      last.advanced(by: drafts.count) <= .highest
    else { return nil }
    if bytes.count < byteCount { bytes.append(contentsOf: repeatElement(0, count: byteCount - bytes.count)) }
    encode(drafts, from: last.next, at: now.time, flags: [], ids: now.ids, to: &bytes)
    return (last.next...last.advanced(by: drafts.count), byteCount)
  }

  /// So many bytes were written at `end`, with seqs up to `last`.
  package mutating func advance(by byteCount: Int, through last: SequenceNumber) {
    end += byteCount
    self.last = last
  }

  private func isRestart(under now: Circumstances) -> Bool {
    header.boot != now.boot || now.remembered > last
  }

  /// The header of the segment behind this one, and what its first record has to say of seqs that nobody will see.
  private func successor(under now: Circumstances) -> (header: SegmentHeader, notice: GapNotice?) {
    // A segment that holds only copies, or nothing, is named by a seq all the same: no two segments share a name.
    let ownName = last < header.first ? header.first : .none
    let given = max(last, sealedTo?.previous ?? .none, now.remembered, ownName)
    let next = SegmentHeader(journal: header.journal, boot: now.boot, first: given.next)
    let isMissing = given > last
    if isRestart(under: now) {
      return (next, GapNotice(.restart, from: isMissing ? last.next : .none, through: isMissing ? given : .none))
    }
    guard isMissing else { return (next, nil) }
    return (next, GapNotice(given == ownName ? .unused : .damage, from: last.next, through: given))
  }

  /// What to do when a flush of the newest segment failed: it is sealed as suspect and the next one begun.
  ///
  /// A failed flush is never tried again on the same file, because the kernel calls its pages clean afterwards.
  package func planAfterFailedFlush(
    under now: Circumstances
  ) throws(Exhausted) -> (steps: [Step], tail: JournalTail) {
    try planSuccession(under: now, isSuspect: true)
  }

  /// What to do so that the newest segment is left behind, though there is nothing to append.
  package func planSuccession(
    under now: Circumstances,
    isSuspect: Bool = false
  ) throws(Exhausted) -> (steps: [Step], tail: JournalTail) {
    let (next, notice) = successor(under: now)
    guard next.first <= .highest else { throw Exhausted() }
    var steps: [Step] = torn.map { [.cut($0)] } ?? []
    steps.append(.begin(next))
    if sealedTo == nil { steps.append(seal(naming: next.first, at: now.time, isSuspect: isSuspect)) }
    var tail = JournalTail(beginning: next)
    if let notice {
      let (bytes, numbers) = tail.encode([.gap(notice)], under: now)
      steps.append(.append(bytes, at: tail.end))
      tail.end += bytes.count
      tail.last = numbers.upperBound
    }
    return (steps, tail)
  }

  /// What to append again, with the seqs it had, after `planAfterFailedFlush`: only what the caller itself waits for.
  package func planCopy(
    of drafts: [JournalDraft],
    from first: SequenceNumber,
    at time: WallTime,
    ids: OwnIDs? = nil
  ) -> (step: Step, tail: JournalTail) {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount(of: drafts))
    encode(drafts, from: first, at: time, flags: .copy, ids: ids, to: &bytes)
    var tail = self
    tail.end += bytes.count
    return (.append(bytes, at: end), tail)
  }

  private func seal(naming next: SequenceNumber, at time: WallTime, isSuspect: Bool) -> Step {
    var bytes: [UInt8] = []
    JournalDraft.seal.encode(
      as: next,
      at: time,
      flags: isSuspect ? [.lastOfBatch, .suspect] : .lastOfBatch,
      seed: seed,
      to: &bytes
    )
    return .seal(bytes, at: end)
  }

  private func encode(
    _ drafts: [JournalDraft],
    under now: Circumstances
  ) -> (bytes: [UInt8], numbers: ClosedRange<SequenceNumber>) {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount(of: drafts))
    encode(drafts, from: last.next, at: now.time, flags: [], ids: now.ids, to: &bytes)
    return (bytes, last.next...last.advanced(by: drafts.count))
  }

  /// Writes the records over the start of `bytes`, which is long enough.
  private func encode(
    _ drafts: [JournalDraft],
    from first: SequenceNumber,
    at time: WallTime,
    flags: JournalRecord.Flags,
    ids: OwnIDs?,
    to bytes: inout [UInt8]
  ) {
    // Safe: each range is checked.
    unsafe bytes.withUnsafeMutableBytes { bytes in
      var offset = 0
      for place in drafts.indices {
        let end = offset + drafts[place].byteCount
        unsafe drafts[place].write(
          as: first.advanced(by: place),
          at: time,
          flags: place == drafts.count - 1 ? flags.union(.lastOfBatch) : flags,
          seed: seed,
          ids: ids,
          to: UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<end])
        )
        offset = end
      }
    }
  }
}
