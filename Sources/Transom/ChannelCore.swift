// What all `Channel`s on one directory have in common in this process.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// One directory as this process holds it: opened when needed, watched, and opened anew when it was made again.
///
/// Readers ask for the folder at each look and compare it with the one they hold; so nobody has to be told that it was
/// replaced.
final class ChannelCore: WatchedChannel {
  let path: String
  let watcher: Watcher
  let options: ChannelFolder.Options
  private let manner: Watcher.Manner
  private let lanes: [Lane]
  private let openFolders: OpenFolders

  /// By what a channel is known again that was let go of: its key as well, since a file system gives a removed
  /// directory's number to the next one.
  struct Identity {
    let stamp: FileStamp
    /// Nil as long as only 1.0 programs use it.
    let key: ChannelKey?

    init(_ folder: ChannelFolder) {
      stamp = folder.directory.factsAtOpening.stamp
      key = folder.ground.isBare ? nil : folder.key
    }

    /// Whether what was this is that now: to get a key makes no other channel of it.
    func isSame(as other: Identity) -> Bool {
      stamp.isSameFile(as: other.stamp) && (key == nil || key == other.key)
    }
  }

  struct State {
    var folder: ChannelFolder?
    /// The channel that was opened last, until its path is known to lead elsewhere.
    var identity: Identity?
    var number: ChannelNumber?
    var watched: Set<Direction> = []
    /// Those that this process writes and at whose windows it looks for 1.0 readers.
    var written: Set<Direction> = []
    /// Until when that is not asked for, since one was just seen.
    var asksForOpensFrom = Moment(nanoseconds: 0)
    /// What is to be done for the windows.
    var duties: [Direction: WindowDuties] = [:]
    /// The journals' folders that are watched.
    var armed: [Direction: FileStamp] = [:]
    /// The path leads to another channel than it did, and that one is not watched yet.
    var isLost = false
    /// Another thread makes the channel anew, and until it is there nobody is told to look.
    var isBeingMade = false
    /// Since when there has been no channel at the path, while nobody may make one.
    var missingSince: Moment?
    /// When it was last looked whether the path leads where it did.
    var lookedAt = Moment(nanoseconds: 0)
  }

  let state = Mutex(State())

  init(
    path: String,
    options: ChannelFolder.Options,
    manner: Watcher.Manner,
    watcher: Watcher,
    openFolders: OpenFolders = .shared
  ) {
    self.path = path
    self.options = options
    self.manner = manner
    self.watcher = watcher
    self.openFolders = openFolders
    lanes = Direction.allCases.map { _ in Lane(watcher) }
  }

  deinit {
    if let number = state.withLock({ $0.number }) { watcher.remove(number) }
  }

  /// Those who are told that a direction's journal may have grown.
  func lane(_ direction: Direction) -> Lane { lanes[Int(direction.rawValue)] }

  /// Whether the id is one that this channel gave to a message of ours.
  func isOurs(_ id: String, in direction: Direction) -> Bool {
    guard let id = UniqueID(text: id.utf8), let key = try? folder().key else { return false }
    return key.sequenceNumber(provenBy: id, in: direction) != nil
  }

  /// The time of what is sent now.
  func clock() -> WallTime { options.clock() }

  // MARK: The folder

  /// The channel's folder, opened if it is not.
  func folder() throws(ChannelError) -> ChannelFolder { try folder(mayMake: options.creates) }

  func folder(mayMake: Bool) throws(ChannelError) -> ChannelFolder {
    let now = Moment.now
    let (known, isLookDue) = state.withLock { state in
      let isDue = now.duration(since: state.lookedAt) >= Self.lookInterval
      if isDue { state.lookedAt = now }
      return (state.folder, isDue)
    }
    if let known {
      if !isLookDue { return known }
      if !leaveIfNotBare(known), known.isStillThere() {
        openFolders.use(self)
        return known
      }
      forget(known)
    }
    let opened = try ChannelFolder.open(path, options: options, mayMake: mayMake)
    let identity = Identity(opened)
    // Another thread may have been faster; then everybody uses that one, so that its journals are shared.
    let folder = state.withLock { state in
      if let folder = state.folder { return folder }
      if let known = state.identity, !known.isSame(as: identity) { lose(&state) }
      state.folder = opened
      state.identity = identity
      onlyLooks.store(opened.ground.options.isOnlyLookedAt, ordering: .releasing)
      return opened
    }
    openFolders.use(self)
    return folder
  }

  /// A program that only sends watches nothing, and would go on in a directory that was moved away.
  private static let lookInterval = Duration.milliseconds(100)

  func direction(_ direction: Direction) throws(ChannelError) -> DirectionFolder {
    try folder().direction(direction)
  }

  /// Lets go of descriptors that nobody uses at present; everything is opened again when it is needed.
  func letGo() {
    // It ends outside of the lock, closing its files.
    let folder = state.withLock { $0.folder.take() }
    withExtendedLifetime(folder) {}
    for lane in lanes { lane.letGo() }
  }

  /// Runs with the direction's folder, once more with a newly opened one if the first turns out to be replaced.
  func withDirection<Result>(
    _ direction: Direction,
    _ body: (DirectionFolder) throws(ChannelError) -> Result
  ) throws(ChannelError) -> Result {
    let folder = try folder()
    do throws(ChannelError) {
      return try body(try folder.direction(direction))
    } catch {
      guard !folder.isStillThere() else { throw error }
      forget(folder)
      return try body(try self.direction(direction))
    }
  }

  func forget(_ folder: ChannelFolder) {
    state.withLock { if $0.folder === folder { lose(&$0) } }
  }

  func lose(_ state: inout State) {
    state.folder = nil
    state.identity = nil
    state.isLost = true
    // Within the lock: whoever sees the next channel sees that it is another one.
    epochs.add(1, ordering: .acquiringAndReleasing)
    for direction in Direction.allCases { options.peers(direction).update { $0.lostSight() } }
  }

  /// Whether the channel that was opened last is only looked at.
  let onlyLooks = Atomic(false)
  private let epochs = Atomic<UInt64>(0)
  /// How many channels of this process use it; after the last was closed nothing more is done for its windows.
  private let users = Atomic<Int>(0)

  func isUsed() -> Bool { users.load(ordering: .acquiring) > 0 }

  func beginUse() {
    users.add(1, ordering: .acquiringAndReleasing)
  }

  func endUse() {
    guard users.subtract(1, ordering: .acquiringAndReleasing).newValue == 0, !watcher.isDrivingThread else { return }
    // What is under way comes to its end: whoever closed may be about to remove the directory.
    for direction in Direction.allCases { openWindow(direction)?.projector.comeToRest() }
  }
  /// When this process sent first in a direction; the highest number once it looks for 1.0 readers there.
  let firstSends = [AtomicMoment(), AtomicMoment()]
  /// When something of a 1.0 program was imported last.
  let lastImports = [AtomicMoment(), AtomicMoment()]

  /// Counts the channels that were found at the path: readers that see another number go on in the next one.
  var epoch: UInt64 { epochs.load(ordering: .acquiring) }

  // MARK: Watching

  /// Sees to it that what happens in a direction is noticed from now on: watch first, then look. So whoever comes second
  /// returns only when the watch is there as well.
  func watch(_ direction: Direction) throws(ChannelError) {
    if state.withLock({ $0.watched.contains(direction) }) { return }
    try beginning.withLock { _ throws(ChannelError) in
      if state.withLock({ $0.watched.contains(direction) }) { return }
      try arm([direction], for: .writes)
      _ = state.withLock { $0.watched.insert(direction) }
      // First watch, then look.
      takeInFirst(direction)
      tendSoon(direction)
    }
  }

  /// Held while a direction begins to be watched.
  let beginning = Mutex(())

  func arm(_ directions: Set<Direction>, for more: WatchInterest = []) throws(ChannelError) {
    let folder = try folder()
    let number = if let known = state.withLock({ $0.number }) { known } else { try register() }
    let now = Moment.now
    let (interest, written) = state.withLock { state in
      (state.interest(at: now).union(more), state.written)
    }
    try watcher.watch(number, channel: folder.directory, for: interest, by: manner)
    for direction in written where interest.contains(.opens) && !watcher.sight(of: number).polls {
      options.peers(direction).update { $0.beganToWatch(at: now) }
    }
    // Where only 1.0 programs are there is no journal.
    for direction in directions where !folder.ground.isBare {
      let journal = try folder.direction(direction).journal
      try watcher.watch(number, journal: journal, of: direction, by: manner)
      state.withLock { $0.armed[direction] = journal.factsAtOpening.stamp }
    }
  }

  private func register() throws(ChannelError) -> ChannelNumber {
    let number = try watcher.add(self)
    // Of two threads that come here at once the second one's number is given back.
    let first = state.withLock { state in
      state.number = state.number ?? number
      return state.number ?? number
    }
    if first != number { watcher.remove(number) }
    return first
  }

  /// How changes are noticed, for `inspect`.
  var sight: WatchSight? {
    state.withLock { $0.number }.map { watcher.sight(of: $0) }
  }

  func noticed(_ change: WatchChange) {
    switch change {
    case .journal(let direction):
      look(at: direction, .file)
      tendSoon(direction)
    case .segments(let direction):
      look(at: direction, .thorough)
      tendSoon(direction)
    case .window(let direction): windowChanged(direction)
    case .windowOpened(let direction): windowOpened(direction)
    case .perhaps(let direction):
      lane(direction).glance()
      if expectsForeign(direction) { takeInIfReplaced(direction) }
    case .entries: break
    case .directory, .everything, .sweep:
      openAnewIfReplaced()
      if isBeingMade { return }
      for direction in state.withLock({ $0.watched }) {
        takeIn(direction)
        look(at: direction, .thorough)
        tendSoon(direction)
      }
    }
  }

  func look(at direction: Direction, _ depth: LookDepth) {
    // A folder that cannot be opened is told of by whoever reads it.
    let folder = try? state.withLock({ $0.folder })?.direction(direction)
    lane(direction).look(depth, in: folder?.journal)
    if depth == .thorough { watchAnewIfReplaced(direction) }
  }

  /// Watches a journal's folder that was removed and made again within a channel that stays; to be called when nothing is
  /// new, since whoever reads is the first to find the new one.
  func watchAnewIfReplaced(_ direction: Direction) {
    let (folder, armed, isSought) = state.withLock {
      ($0.folder, $0.armed[direction], !$0.isLost && $0.watched.contains(direction))
    }
    guard isSought, let found = journal(direction, in: folder) else { return }
    if let armed, found.isSameFile(as: armed) { return }
    if folder == nil, (try? self.folder(mayMake: false)) == nil { return }
    // What stands in the way is told by the next look, which opens the same files.
    guard (try? arm([direction])) != nil else { return }
    // First watch, then look.
    lane(direction).notices.notify()
  }

  /// Which folder a journal lies in. A channel that was let go of is asked by its path, and stays so.
  private func journal(_ direction: Direction, in folder: ChannelFolder?) -> FileStamp? {
    if folder?.ground.isBare == true { return nil }
    if let folder { return try? folder.direction(direction).journal.factsAtOpening.stamp }
    let places = [path, ChannelLayout.hidden, ChannelLayout.Hidden.folder(direction), ChannelLayout.Inside.journal]
    return try? Directory.open(places.joined(separator: "/"), calls: options.calls).factsAtOpening.stamp
  }
}
