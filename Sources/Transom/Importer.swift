// What 1.0 programs wrote, taken into the journal.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Reads a direction's window and appends what is foreign in it; the shell around `Import`.
///
/// It takes the journal's lock and never that of the window: a reader that did would keep 1.0 senders waiting. Nothing
/// here waits but for the journal's lock, and that only for who says so.
final class Importer: Sendable {
  /// What a window holds, all of it in the journal.
  struct Found: Sendable {
    let window: SeenWindow
    /// Nil when there is no window.
    let stamp: FileStamp?
    /// See `ProjectionRun.Scene`.
    let isClearPossible: Bool
    /// How many messages were taken in.
    let importedCount: Int
    /// Whether it was changed so short a time ago that a change since might not be seen.
    let isUnsettled: Bool
  }

  enum Outcome: Sendable {
    case found(Found)
    /// Somebody holds the journal's lock.
    case busy
    /// It is half written: look again after this long.
    case wait(Duration)
  }

  /// What is read: the window, a file that came back in its place, or one that was left in staging: by a dead projector, to
  /// which it came back as well or which was still making it, or by whoever wrote into what had been the window.
  enum Source: Sendable {
    case window
    case displaced(DisplacedFile)
    case orphan(DisplacedFile)
  }

  struct State {
    var seen: (window: SeenWindow, stamp: FileStamp, readAt: WallTime)?
    /// Elements of the window before; nil when nobody here has seen one.
    var previous: [ElementIdentity?]?
    var patience = WindowPatience()
    let memory = ImportMemory()
    /// What was kept in quarantine last, so that it is kept and told once.
    var malformed: FileStamp?
    var setAside: Set<Int> = []
    /// What lay in the window before this program came was taken in.
    var hasBegun = false
  }

  let folder: DirectionFolder
  let projected: ProjectedFile
  private let state = Mutex(State())

  init(_ folder: DirectionFolder, _ projected: ProjectedFile) {
    self.folder = folder
    self.projected = projected
  }

  var ids: OwnIDs { OwnIDs(key: folder.key, direction: folder.direction) }
  var name: String { ChannelLayout.window(folder.direction) }
  var path: String { folder.ground.directory.path(of: name) }

  /// When this process opened the window last: it is told of that as of anybody's opening.
  let openings = Mutex<(count: Int, last: Moment)>((0, Moment(nanoseconds: 0)))

  /// Whether the opening of the window that the kernel tells of was this process's own.
  func hasJustOpened() -> Bool {
    let now = Moment.now
    return openings.withLock { openings in
      // Several may be told as one: what is left of them says nothing after a while.
      guard openings.count > 0, now.duration(since: openings.last) < .milliseconds(50) else {
        openings.count = 0
        return false
      }
      openings.count -= 1
      return true
    }
  }

  /// Whether the window was read in this state, and long enough after its last change that it was not changed since.
  func hasSeen(_ stamp: FileStamp) -> Bool {
    // Who is at it now looks again by himself; nobody waits for him here.
    state.withLockIfAvailable { state in
      guard let seen = state.seen else { return false }
      return WindowTrust.holds(FileState(seen.stamp), FileState(stamp), isOurs: false, readAt: seen.readAt)
    } ?? false
  }

  /// The window that was read last, as far as nobody is at it; nil for none.
  var lastStamp: FileStamp? { state.withLockIfAvailable { $0.seen?.stamp } ?? nil }

  /// From here on what comes is new: to be called when what lay in the window before was taken in, or nothing did.
  func begin() {
    state.withLock { $0.hasBegun = true }
  }

  // MARK: Importing

  /// Takes in what is foreign in the window, unless somebody holds the journal's lock; never waits.
  ///
  /// `byteCount` is the window's as somebody has just seen it; nil when nobody has looked.
  func importAtOnce(_ source: Source = .window, of byteCount: Int64? = nil) throws(ChannelError) -> Outcome {
    let outcome = try state.withLockIfAvailable { (state) throws(ChannelError) -> Outcome in
      if case .window = source, let found = try emptyWindow(byteCount, &state) { return .found(found) }
      // After what a dead importer left was read, once more; others may come between.
      for _ in 0..<4 {
        let step = try folder.log.tryWithState { (journal) throws(ChannelError) in
          try self.step(source, &state, &journal)
        }
        switch step {
        case nil: return .busy
        case .done(let outcome): return outcome
        case .replay(let first): try replay(from: first, &state)
        }
      }
      return .busy
    }
    return outcome ?? .busy
  }

  private enum Step {
    case done(Outcome)
    /// The journal holds foreign records from this seq on that are not remembered.
    case replay(from: SequenceNumber)
  }

  /// Under the journal's lock.
  private func step(
    _ source: Source,
    _ state: inout State,
    _ journal: inout JournalState
  ) throws(ChannelError) -> Step {
    guard let tail = journal.newest?.tail else { preconditionFailure("a settled journal has a newest segment") }
    let isOfAnotherBoot = try projected.readLately(in: folder.folder).map { $0.record.boot != folder.boot } ?? true
    let memory = state.memory
    let ready = try memory.settle(in: folder.folder, of: tail.header.journal, isDoubtful: isOfAnotherBoot)
    if case .incomplete(let first) = ready { return .replay(from: first) }
    let reading = try read(source, state)
    let window: SeenWindow
    var isClearPossible = true
    switch judge(reading, source, isOfAnotherBoot, &state) {
    case .seen(let seen): window = seen
    case .cleared: window = .empty
    case .lost:
      window = .empty
      isClearPossible = false
    case .wait(let pause): return .done(.wait(pause))
    }
    let last = max(tail.last, journal.now.remembered)
    let plan = memory.withHashes { hashes in
      Import(
        of: window.identities,
        knowing: Import.Knowledge(
          remembers: hashes.contains,
          last: last,
          previous: state.previous,
          answersForBefore: memory.remembersAnything || isSinceWeCame(window),
          mayHoldLostRecords: isOfAnotherBoot
        )
      )
    }
    setAside(plan, of: window, &state)
    switch try append(plan, of: window, memory, &journal, isFirst: !state.hasBegun) {
    case .all: break
    case .part: return .done(.wait(.zero))
    case .full:
      folder.options.troubles.tell(journalIsFull())
      return .done(.wait(.milliseconds(100)))
    }
    if case .window = source {
      state.previous = window.identities
      state.hasBegun = true
      state.seen = reading.stamp.map { (window, $0, journal.now.time) }
    }
    return .done(
      .found(
        Found(
          window: window,
          stamp: reading.stamp,
          isClearPossible: isClearPossible && reading.stamp != nil && !folder.ground.wasJustMade(at: journal.now.time),
          importedCount: plan.items.count,
          isUnsettled: reading.stamp.map { !hasSettled($0, at: journal.now.time) } ?? false
        )
      )
    )
  }

  /// Whether the oldest of a window was written since the channel got its key: from then on nothing goes unsaid, also where
  /// whoever of ours came was killed before he looked, or looked at the other direction alone.
  private func isSinceWeCame(_ window: SeenWindow) -> Bool {
    guard let made = folder.ground.made else { return false }
    guard let oldest = window.window.elements.lazy.compactMap(\.message).first else { return false }
    return oldest.timestamp >= made.milliseconds
  }

  // MARK: Appending

  private enum Appended {
    case all
    /// As many as may be in one turn: senders wait for the lock.
    case part
    /// There is no room.
    case full
  }

  /// So many messages are appended in one turn.
  private static let turnCount = 8_192

  /// Appends what the journal lacks.
  private func append(
    _ plan: Import,
    of window: SeenWindow,
    _ memory: ImportMemory,
    _ journal: inout JournalState,
    isFirst: Bool
  ) throws(ChannelError) -> Appended {
    var drafts: [JournalDraft] = plan.gap.map { [.gap($0)] } ?? []
    var hashes: [UInt64] = []
    var highest = SequenceNumber.none
    for item in plan.items.prefix(Self.turnCount) {
      let element = window.window.elements[item.place].range
      drafts.append(.message(Array(window.window.bytes[element]), kind: item.kind))
      switch window.identities[item.place] {
      case .foreign(let hash): hashes.append(hash)
      case .own(let number): highest = max(highest, number)
      case nil: break
      }
    }
    guard !drafts.isEmpty else { return .all }
    try journal.goBeyond(highest)
    // What was there when this program came was written when it says: a request of last week is not to be run.
    let now = journal.now.time
    defer { journal.now.time = now }
    for batch in isFirst ? Self.batchesByTime(drafts) : JournalDraft.batches(of: drafts) {
      if isFirst, let draft = batch.first { journal.now.time = min(now, Self.time(of: draft) ?? now) }
      let foreign = batch.count { $0.kind == .foreign }
      if foreign > 0 { try memory.begin(at: journal.now.remembered.next, windowOf: window.identities.count) }
      let byteCount = batch.reduce(0) { $0 + $1.byteCount }
      let attempt: Journal.Attempt
      do throws(ChannelError) {
        attempt = try journal.appendSettled(batch, of: byteCount, for: .importing)
      } catch {
        memory.forget()
        throw error
      }
      guard case .appended(let appended) = attempt else {
        // Its mark stands in the file: another may begin at the same seq, and what he imports has to be read.
        memory.forget()
        return .full
      }
      try memory.remember(Array(hashes.prefix(foreign)), through: appended.numbers.upperBound)
      hashes.removeFirst(foreign)
    }
    return plan.items.count > Self.turnCount ? .part : .all
  }

  /// Drafts of one time in one batch.
  private static func batchesByTime(_ drafts: [JournalDraft]) -> [[JournalDraft]] {
    var runs: [[JournalDraft]] = []
    var latest: WallTime?
    for draft in drafts {
      let time = time(of: draft)
      if time == latest, !runs.isEmpty { runs[runs.count - 1].append(draft) } else { runs.append([draft]) }
      latest = time
    }
    return runs.flatMap(JournalDraft.batches)
  }

  private static func time(of draft: JournalDraft) -> WallTime? {
    guard draft.kind == .foreign else { return nil }
    return (try? MessageIndex(element: draft.content)).map { WallTime(milliseconds: $0.timestamp) }
  }

  /// Reads from the journal what an importer appended and did not come to remember.
  private func replay(from first: SequenceNumber, _ state: inout State) throws(ChannelError) {
    let reader = JournalReader(folder, after: first.previous)
    var hashes: [UInt64] = []
    var fresh: Set<UInt64> = []
    var places: [UInt64: Int] = [:]
    while let stretch = try reader.next() {
      for record in stretch.records where record.kind == .foreign {
        let content = Array(stretch.bytes[record.content])
        guard let index = try? MessageIndex(element: content) else { continue }
        let traits = ForeignTraits(index, in: content)
        let base = ids.key.memory(of: traits, place: 0)
        var place = places[base, default: 0]
        var hash = ids.key.memory(of: traits, place: place)
        while state.memory.contains(hash) || fresh.contains(hash) {
          place += 1
          hash = ids.key.memory(of: traits, place: place)
        }
        places[base] = place + 1
        fresh.insert(hash)
        hashes.append(hash)
      }
    }
    let found = hashes
    let memory = state.memory
    let last = reader.last
    _ = try folder.log.tryWithState { (_) throws(ChannelError) in try memory.complete(found, through: last) }
  }
}
