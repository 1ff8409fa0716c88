// The journal of one direction: where what is sent is kept, in its order.

package import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Appends to a journal, for all threads of the process; the shell around `JournalTail`.
///
/// There is one for an opened direction, since threads that have two would not exclude each other. The flock is held
/// for the length of a turn only: never while anything is waited for, and never over a flush.
package final class Journal: Sendable {
  package typealias Purpose = Retention.Purpose

  /// A batch that stands in the journal.
  package struct Appended: Sendable {
    /// The seqs of its drafts, in their order.
    package let numbers: ClosedRange<SequenceNumber>
    /// What is appended again should its flush fail.
    let drafts: [JournalDraft]
    let segment: SegmentFile
    /// The offset behind it.
    let end: Int
    let time: WallTime
  }

  package enum Attempt: Sendable {
    case appended(Appended)
    case lockIsBusy
    /// The journal is at its limit for this reader, that lags by so many seqs.
    case full(laggard: String, lag: UInt64)
  }

  /// What is known of the journal under its lock.
  package struct Held: Sendable {
    package let journal: UniqueID
    /// The newest seq.
    package let last: SequenceNumber
    /// Oldest first.
    package let segments: [Retention.Segment]
    package let time: WallTime
  }

  let places: DirectionPlaces
  let state: Mutex<JournalState>

  init(_ places: DirectionPlaces) {
    self.places = places
    state = Mutex(JournalState(places))
  }

  // MARK: Appending

  /// Appends a batch if that can be done at once; never waits.
  ///
  /// `registering` learns the seqs before anybody can answer the batch: readers take no lock, so that is before it is
  /// written, which may still fail. It runs under the journal's lock, and must not call the journal.
  package func tryAppend(
    _ drafts: [JournalDraft],
    for purpose: Purpose = .sending,
    registering: (ClosedRange<SequenceNumber>) -> Void = { _ in }
  ) throws(ChannelError) -> Attempt {
    let byteCount = try check(drafts)
    return try state.withLock { state throws(ChannelError) in
      guard try state.tryEnter() else { return .lockIsBusy }
      defer { state.leave() }
      return try state.append(drafts, of: byteCount, for: purpose, registering: registering)
    }
  }

  /// Appends a batch, waiting on the calling thread for the lock and for room.
  package func append(
    _ drafts: [JournalDraft],
    for purpose: Purpose = .sending,
    until deadline: Moment,
    registering: (ClosedRange<SequenceNumber>) -> Void = { _ in }
  ) throws(ChannelError) -> Appended {
    var patience = Patience(deadline)
    while true {
      switch try tryAppend(drafts, for: purpose, registering: registering) {
      case .appended(let appended): return appended
      case .lockIsBusy:
        guard patience.waitForLock() else { throw lockTimeout() }
      case .full(let laggard, let lag):
        guard patience.waitForRoom() else { throw backlogFull(laggard, lag) }
      }
    }
  }

  /// Checks a batch against the limits, and says how many bytes it takes.
  private func check(_ drafts: [JournalDraft]) throws(ChannelError) -> Int {
    precondition(!drafts.isEmpty, "a batch holds something")
    guard drafts.count <= BatchScan.highestMessageCount else {
      throw ChannelError(
        .tooLarge,
        at: places.ground.path,
        "\(drafts.count) messages in one batch, over the limit of \(BatchScan.highestMessageCount)",
        hint: "send them in several batches"
      )
    }
    var byteCount = 0
    for place in drafts.indices { byteCount += drafts[place].byteCount }
    let limit = drafts.count == 1 ? JournalRecord.highestByteCount : BatchScan.highestBatchByteCount
    guard byteCount <= limit else {
      throw ChannelError(
        .tooLarge,
        at: places.ground.path,
        "\(byteCount) bytes in one \(drafts.count == 1 ? "message" : "batch"), over the limit of \(limit)",
        hint: drafts.count == 1 ? "" : "send them in several batches"
      )
    }
    return byteCount
  }

  // MARK: Looking

  /// The segments that are there, oldest first.
  package func segments() throws(ChannelError) -> [SequenceNumber] {
    let journal = places.current.journal
    return try ChannelError.calls(at: journal.path) { () throws(SystemError) in
      try journal.names().compactMap(ChannelLayout.firstSequenceNumber(ofSegment:)).sorted()
    }
  }

  /// The newest seq, behind which readers begin who want only what comes from now on.
  package func tailNumber() throws(ChannelError) -> SequenceNumber {
    try withState(until: Moment.now.advanced(by: .seconds(5))) { state throws(ChannelError) in
      state.newest?.tail.last ?? .none
    }
  }

  /// The newest seq, or one a little before it while somebody keeps the lock: that is not waited for.
  func tailNumberAtOnce() throws(ChannelError) -> SequenceNumber {
    do throws(ChannelError) {
      return try withState(until: Moment.now.advanced(by: .milliseconds(1))) { state throws(ChannelError) in
        state.newest?.tail.last ?? .none
      }
    } catch  where error.code == .lockTimeout {
      return try segments().last?.previous ?? .none
    }
  }

  /// Does something under the journal's lock: readers register so. It must not call the journal, nor wait.
  ///
  /// Of a channel that is only looked at no lock is taken, and what is appended meanwhile may be known or not.
  package func withLock<Result>(
    until deadline: Moment,
    _ body: (Held) throws(ChannelError) -> Result
  ) throws(ChannelError) -> Result {
    let options = places.ground.options
    if options.isOnlyLookedAt { return try body(try JournalLook(places.current.journal, options.clock()).held()) }
    return try withState(until: deadline) { state throws(ChannelError) in
      guard let newest = state.newest else { preconditionFailure("a settled journal has a newest segment") }
      return try body(
        Held(
          journal: newest.tail.header.journal,
          last: newest.tail.last,
          segments: try state.listed(),
          time: state.now.time
        )
      )
    }
  }

  /// Looks whether the journal's folders are still those that were opened, and opens those that are there now.
  package func refresh() throws(ChannelError) {
    if places.ground.options.isOnlyLookedAt { return try places.lookAgain() }
    try state.withLock { state throws(ChannelError) in
      state.verified.folders = WallTime(nanoseconds: 0)
      if try state.tryEnter() { state.leave() }
    }
  }

  /// Sees to it that there is a folder to make files in: somebody may have deleted it.
  func keepStaging() throws(ChannelError) {
    if try !places.current.isStagingThere() { try places.remakeStaging() }
  }

  /// Does something under the journal's lock that has nothing to do with its end: no journal is begun for that.
  func withLockAlone(until deadline: Moment, _ body: () throws(ChannelError) -> Void) throws(ChannelError) {
    if places.ground.options.isOnlyLookedAt { return try body() }
    try withFlock(until: deadline) { _ throws(ChannelError) in try body() }
  }

  /// Reads the journal's end anew for a reader that cannot go on, and leaves the newest segment behind if it is damaged
  /// or ends before what the reader has passed. False when the lock is busy: then somebody is appending.
  func mend(knowing last: SequenceNumber) throws(ChannelError) -> Bool {
    if places.ground.options.isOnlyLookedAt { return false }
    return try state.withLock { state throws(ChannelError) in
      guard try state.tryEnter() else { return false }
      defer { state.leave() }
      state.remember(last)
      // Nothing is left to put right, and whoever removed it may be about to remove the folder: who sends next begins a
      // journal, behind what is remembered.
      if try state.numbers().isEmpty { return true }
      try state.load()
      guard let tail = state.newest?.tail else { preconditionFailure("a settled journal has a newest segment") }
      if tail.isDamaged || tail.last < state.now.remembered { try state.leaveNewest(isSuspect: false) }
      return true
    }
  }

  /// Lets go of the segment's descriptor; the next turn opens it again.
  package func retire() {
    state.withLock { $0.forget() }
  }

  /// Runs under the lock with the journal's end known; nil when somebody holds it, for it never waits.
  func tryWithState<Result>(
    _ body: (inout JournalState) throws(ChannelError) -> Result
  ) throws(ChannelError) -> Result? {
    try state.withLock { state throws(ChannelError) in
      guard try state.tryEnter() else { return nil }
      defer { state.leave() }
      try state.settle()
      return try body(&state)
    }
  }

  /// Waits for the lock, and runs with the journal's end known.
  func withState<Result>(
    until deadline: Moment,
    _ body: (inout JournalState) throws(ChannelError) -> Result
  ) throws(ChannelError) -> Result {
    try withFlock(until: deadline) { state throws(ChannelError) in
      try state.settle()
      return try body(&state)
    }
  }

  private func withFlock<Result>(
    until deadline: Moment,
    _ body: (inout JournalState) throws(ChannelError) -> Result
  ) throws(ChannelError) -> Result {
    var patience = Patience(deadline)
    while true {
      let result = try state.withLock { state throws(ChannelError) -> Result? in
        guard try state.tryEnter() else { return nil }
        defer { state.leave() }
        return try body(&state)
      }
      if let result { return result }
      guard patience.waitForLock() else { throw lockTimeout() }
    }
  }

  // MARK: Waiting

  private struct Patience {
    let deadline: Moment
    var lock = Backoff.flock
    var room = Backoff(first: .microseconds(500), longest: .milliseconds(20))

    init(_ deadline: Moment) { self.deadline = deadline }

    mutating func waitForLock() -> Bool { Self.wait(until: deadline, &lock) }

    mutating func waitForRoom() -> Bool { Self.wait(until: deadline, &room) }

    private static func wait(until deadline: Moment, _ backoff: inout Backoff) -> Bool {
      let now = Moment.now
      guard now < deadline else { return false }
      KernelClock.pause(min(backoff.next(jitter: .random(in: .min ... .max)), deadline.duration(since: now)))
      return true
    }
  }

  private func lockTimeout() -> ChannelError {
    let (lock, journal) = (places.current.lock, places.current.journal)
    var what = "somebody holds the journal's lock"
    if let lock, let process = try? FlockHolder.find(of: lock.file.factsAtOpening.stamp) {
      what = "process \(process) holds the journal's lock"
      // The kernel names who took it; a child that got the descriptor holds it on.
      if ProcessIdentity.look(process) == .gone {
        what = "a child of the ended process \(process) holds the journal's lock"
      }
    }
    return ChannelError(.lockTimeout, at: journal.path(of: ChannelLayout.journalLock), what)
  }

  private func backlogFull(_ laggard: String, _ lag: UInt64) -> ChannelError {
    ChannelError(
      .backlogFull,
      at: places.current.journal.path,
      "the journal is full: reader \(laggard) lags by \(lag) messages",
      hint: "start that reader, or drop it with `transom reader drop \(places.ground.path) \(laggard)`"
    )
  }
}
