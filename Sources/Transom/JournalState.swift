// What a process knows of a journal's end, valid only while it holds the journal's lock.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// The newest segment of a journal and its tail, brought up to date at each turn under the lock, and the doing of what
/// `JournalTail` plans.
struct JournalState {
  let places: DirectionPlaces
  let retention: Retention
  var place: DirectionPlaces.Opened
  /// Nil before the first turn, and after anything that leaves the end unknown: then it is read from the files.
  var newest: Newest?
  /// What an append is made under. What it remembers is the highest seq that was ever heard of here: seq never goes back
  /// below it. Only its time changes from one turn to the next.
  var now: JournalTail.Circumstances
  /// The bytes of all segments but the newest; nil when they have to be counted.
  var closedByteCount: Int?
  /// The segment before the newest, where it was left by this process and somebody waits for flushes.
  var former: SegmentFile?
  var keepsFormer = false
  private var buffer: [UInt8] = []
  private let clock: @Sendable () -> WallTime
  /// When it was last seen that the newest segment, the folder it lies in and the lock still have their names.
  var verified = Verified()
  /// Up to here there is room without a look at anything.
  private let roomLimit: Int

  private static let longestBuffer = 1 << 20

  struct Verified {
    var segment = WallTime(nanoseconds: 0)
    var folders = WallTime(nanoseconds: 0)
    var lock = WallTime(nanoseconds: 0)
  }

  struct Newest {
    let segment: SegmentFile
    var tail: JournalTail
  }

  init(_ places: DirectionPlaces) {
    self.places = places
    place = places.current
    let options = places.ground.options
    retention = Retention(options.retention)
    clock = options.clock
    if case .backPressure(let limit) = options.retention { roomLimit = limit } else { roomLimit = .max }
    now = JournalTail.Circumstances(
      boot: places.ground.boot,
      time: WallTime(nanoseconds: 0),
      segmentLimit: options.segmentLimit,
      ids: OwnIDs(key: places.ground.key, direction: places.direction)
    )
  }

  var ground: ChannelGround { places.ground }

  // MARK: The lock

  /// Tries for the flock; false when somebody holds it.
  mutating func tryEnter() throws(ChannelError) -> Bool {
    now.time = clock()
    if now.time.isApart(from: verified.folders, milliseconds: 1_000) {
      // Moved away as a whole, with its lock, it looks as before by its descriptors.
      if try !place.isJournalThere(in: ground.directory) { try reopen() }
      verified.folders = now.time
    }
    let isNameDue = now.time.isApart(from: verified.lock, milliseconds: 10)
    for _ in 0..<8 {
      guard let lock = place.lock else { throw onlyLooks }
      let outcome: FileLock.Outcome
      do {
        outcome = try lock.tryLock(lookingAt: isNameDue ? .name : .change)
      } catch {
        throw ChannelError(error, at: lock.file.path)
      }
      switch outcome {
      case .locked:
        if isNameDue { verified.lock = now.time }
        return true
      case .busy: return false
      case .replaced:
        // Somebody deleted the journal's folder, or made it anew: what is known of the old one is only remembered.
        try reopen()
      }
    }
    throw ChannelError(.closed, at: place.journal.path, "is deleted and made again all the time")
  }

  /// Nobody who only looks comes here.
  private var onlyLooks: ChannelError {
    ChannelError(.misuse, at: place.journal.path, "is only looked at, and its lock is not taken")
  }

  private mutating func reopen() throws(ChannelError) {
    forget()
    place = try places.reopen()
  }

  /// Gives the flock up.
  mutating func leave() {
    do {
      try place.lock?.unlock()
    } catch {
      // Closing the file gives it up as well. Where it cannot be opened anew either, the others wait until this process's
      // next turn, which has the flock at once.
      if let anew = try? FileLock(ChannelLayout.journalLock, in: place.journal) {
        place.lock = anew
        places.replaceLock(by: anew)
      }
    }
  }

  mutating func forget() {
    newest = nil
    closedByteCount = nil
    former = nil
  }

  // MARK: Appending

  /// Appends a batch of so many bytes, under the lock.
  mutating func append(
    _ drafts: [JournalDraft],
    of byteCount: Int,
    for purpose: Retention.Purpose,
    registering: (ClosedRange<SequenceNumber>) -> Void
  ) throws(ChannelError) -> Journal.Attempt {
    // Mostly one look is enough: nothing happened since this process's last turn.
    let isUpToDate = if let segment = newest?.segment { try isUpToDate(segment) } else { false }
    if !isUpToDate { try settle() }
    return try appendSettled(drafts, of: byteCount, for: purpose, registering: registering)
  }

  /// Appends a batch where the end has been settled in this turn.
  mutating func appendSettled(
    _ drafts: [JournalDraft],
    of byteCount: Int,
    for purpose: Retention.Purpose,
    registering: (ClosedRange<SequenceNumber>) -> Void = { _ in }
  ) throws(ChannelError) -> Journal.Attempt {
    if let full = try makeRoom(for: byteCount, purpose) { return full }
    let plain = try appendPlainly(drafts, registering)
    let numbers = if let plain { plain } else { try appendByPlan(drafts, registering) }
    guard let newest else { preconditionFailure("what was appended lies in a segment") }
    return .appended(
      Journal.Appended(
        numbers: numbers,
        drafts: drafts,
        segment: newest.segment,
        end: newest.tail.end,
        time: now.time
      )
    )
  }

  /// The short way of nearly every append; nil when there is more to do than to write.
  private mutating func appendPlainly(
    _ drafts: [JournalDraft],
    _ registering: (ClosedRange<SequenceNumber>) -> Void
  ) throws(ChannelError) -> ClosedRange<SequenceNumber>? {
    guard let segment = newest?.segment, !segment.isSuspect.load(ordering: .acquiring), let end = newest?.tail.end,
      let (numbers, byteCount) = newest?.tail.encodePlainly(drafts, under: now, to: &buffer)
    else { return nil }
    registering(numbers)
    try writeBuffer(byteCount, to: segment, at: end)
    newest?.tail.advance(by: byteCount, through: numbers.upperBound)
    // What one long batch needed is not kept for ever.
    if buffer.count > Self.longestBuffer { buffer = [] }
    now.remembered = numbers.upperBound
    return numbers
  }

  private mutating func appendByPlan(
    _ drafts: [JournalDraft],
    _ registering: (ClosedRange<SequenceNumber>) -> Void
  ) throws(ChannelError) -> ClosedRange<SequenceNumber> {
    try leaveSuspect()
    return try carryOut(drafts, registering)
  }

  /// Sees to it that what is appended next has a higher seq than that one, which somebody was given before a power loss.
  mutating func goBeyond(_ number: SequenceNumber) throws(ChannelError) {
    remember(number)
    if let last = newest?.tail.last, last < number { try leaveNewest(isSuspect: false) }
  }

  mutating func remember(_ number: SequenceNumber) {
    now.remembered = max(now.remembered, number)
  }

  /// Nil when the batch has room, which costs a comparison as long as the limit is not near; else who is in the way.
  private mutating func makeRoom(
    for byteCount: Int,
    _ purpose: Retention.Purpose
  ) throws(ChannelError) -> Journal.Attempt? {
    guard roomLimit < .max, let end = newest?.tail.end else { return nil }
    if let closed = closedByteCount, closed + end + byteCount <= roomLimit { return nil }
    return try makeRoom(for: byteCount, purpose, limit: roomLimit)
  }

  /// Plans the appending of a batch and does what that takes.
  mutating func carryOut(
    _ drafts: [JournalDraft],
    _ registering: (ClosedRange<SequenceNumber>) -> Void = { _ in }
  ) throws(ChannelError) -> ClosedRange<SequenceNumber> {
    guard let known = newest else { preconditionFailure("a settled journal has a newest segment") }
    let plan: JournalTail.Plan
    do {
      plan = try known.tail.plan(drafts, under: now)
    } catch {
      throw ChannelError(.damaged, at: place.journal.path, "\(error)")
    }
    registering(plan.numbers)
    let hasBegun = try carryOut(plan.steps, at: now.time)
    newest?.tail = plan.tail
    remember(plan.tail.last)
    if hasBegun { retainAtRollOver(now.time) }
    return plan.numbers
  }

  /// Leaves a segment behind of which a flush failed; no more is appended to it.
  mutating func leaveSuspect() throws(ChannelError) {
    guard let known = newest, known.segment.isSuspect.load(ordering: .acquiring) else { return }
    try leaveNewest(isSuspect: true)
  }

  /// Begins the next segment, though there is nothing to append.
  mutating func leaveNewest(isSuspect: Bool) throws(ChannelError) {
    guard let known = newest else { preconditionFailure("a settled journal has a newest segment") }
    let plan: (steps: [JournalTail.Step], tail: JournalTail)
    do {
      plan = try known.tail.planSuccession(under: now, isSuspect: isSuspect)
    } catch {
      throw ChannelError(.damaged, at: place.journal.path, "\(error)")
    }
    _ = try carryOut(plan.steps, at: now.time)
    newest?.tail = plan.tail
    remember(plan.tail.last)
  }

  // MARK: Steps

  /// Does what was planned; says whether a segment was begun. When anything fails, the end is unknown until it is read.
  private mutating func carryOut(_ steps: [JournalTail.Step], at time: WallTime) throws(ChannelError) -> Bool {
    var old: SegmentFile?
    do throws(ChannelError) {
      for step in steps {
        guard let known = newest else { preconditionFailure("a settled journal has a newest segment") }
        switch step {
        case .cut(let range):
          try cut(range, of: known.segment, at: time)
        case .begin(let header):
          old = known.segment
          let begun = try begin(header)
          newest = Newest(segment: begun, tail: JournalTail(beginning: header))
          closedByteCount = nil
          former = keepsFormer ? old : nil
        case .seal(let bytes, let offset):
          buffer = bytes
          try writeBuffer(bytes.count, to: old ?? known.segment, at: offset)
        case .append(let bytes, let offset):
          buffer = bytes
          try writeBuffer(bytes.count, to: known.segment, at: offset)
        }
      }
    } catch {
      forget()
      throw error
    }
    return old != nil
  }

  /// Writes the buffer's first bytes; what of them came into the file is cut off again when it fails.
  private mutating func writeBuffer(_ count: Int, to segment: SegmentFile, at offset: Int) throws(ChannelError) {
    do {
      try segment.file.write(buffer.span.extracting(first: count), at: Int64(offset))
    } catch {
      // If even that fails the end is unknown, and the next append repairs.
      do { try segment.file.truncate(to: Int64(offset)) } catch { forget() }
      throw ChannelError(error, at: segment.file.path)
    }
    segment.writtenEnd.store(offset + count, ordering: .releasing)
  }

  /// Takes what a plan of the tail would write and writes it behind the newest.
  mutating func write(_ step: JournalTail.Step, leading tail: JournalTail) throws(ChannelError) {
    _ = try carryOut([step], at: now.time)
    newest?.tail = tail
  }

  private mutating func cut(_ range: Range<Int>, of segment: SegmentFile, at time: WallTime) throws(ChannelError) {
    try makeQuarantine()
    let kept = min(range.count, Quarantine.highestByteCount)
    let bytes = try ChannelError.calls(at: segment.file.path) { () throws(SystemError) in
      try segment.file.read(kept, at: Int64(range.lowerBound))
    }
    let name = ChannelLayout.segment(beginningAt: segment.header.first)
    try Quarantine(folder: place.quarantine, time: time).keep(bytes, of: name, at: range.lowerBound)
    try ChannelError.calls(at: segment.file.path) { () throws(SystemError) in
      try segment.file.truncate(to: Int64(range.lowerBound))
    }
  }

  /// Somebody may have deleted it since it was opened.
  mutating func makeQuarantine() throws(ChannelError) {
    place.quarantine = try ChannelError.files(at: place.folder.path) { () throws(FileError) in
      try place.folder.openOrMakeSubdirectory(ChannelLayout.Inside.quarantine)
    }
  }

  /// Makes a segment aside and renames it into place.
  mutating func begin(_ header: SegmentHeader) throws(ChannelError) -> SegmentFile {
    let name = ChannelLayout.segment(beginningAt: header.first)
    let path = place.journal.path(of: name)
    if try !place.isStagingThere() { place.staging = try ChannelMaker.staging(of: place.hidden) }
    let staging = place.staging
    staging.removeLeftovers()
    let aside = staging.makeName("segment")
    do throws(SystemError) {
      let file = try staging.directory.create(aside)
      try file.write(header.encode().span, at: 0)
      guard try staging.directory.renameIfFree(aside, to: name, in: place.journal) else {
        throw SystemError("renameat2", on: path, code: EEXIST)
      }
      return SegmentFile(file.renamed(to: path), header: header)
    } catch {
      staging.discard(aside)
      throw ChannelError(error, at: path)
    }
  }
}
