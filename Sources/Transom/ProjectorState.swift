// What a process knows of a window that it publishes.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// Carries out what `ProjectionRun` says: the locks, the files, and what is remembered from one turn to the next so that
/// neither the window nor the journal has to be read again.
struct ProjectorState {
  enum Task {
    case showing(SequenceNumber)
    case clearing
  }

  /// Why a turn came to no end; nothing is held any more.
  enum Interruption: Error {
    /// Somebody has a lock, and it was not to be waited for.
    case busy
    /// To be tried again after this long: the window is half written, or the timestamps are as far ahead as they may be.
    case pause(Duration)
    /// The direction's own files were replaced.
    case replaced
    case failed(ChannelError)
  }

  /// The window as it was read or written last.
  struct Known {
    var text: WindowText
    /// Nil when there was no window.
    var stamp: FileStamp?
    /// The file, held open so that its inode is nobody else's; nil for a window that was read.
    var staged: StagedFile?
    var isClearPossible = true
  }

  /// What a look at the window's name found.
  struct Sight {
    /// Nil when there is no window.
    let stamp: FileStamp?
  }

  let folder: DirectionFolder
  let importer: Importer
  let projected: ProjectedFile
  let peers: PeersSeen
  /// The window's name.
  let name: String

  var lock: WindowLock?
  /// The window's name, as it is published under.
  var file: AtomicFile?
  /// What the last projector left, as it was read last.
  var lockRecord: ProjectLockRecord?
  var recent: RecentMessages?
  var known: Known?
  /// The look that was taken under the locks, until it is used up.
  var sight: Sight?
  /// Of the window that this process published last.
  var published: ProjectionRun.ProjectedSeqs?
  /// By what the window published last is confirmed.
  var checksum: UInt32 = 0
  var timestamps: ProjectedTimestamps?
  /// What came back from an exchange, and is still to be imported.
  var displaced: DisplacedFile?
  var latestStamp = FileTime(seconds: 0, nanoseconds: 0)
  /// Whether this turn must not wait for anything.
  var isHurried = false
  /// Whether what dead projectors left in staging was looked for.
  var isSwept = false

  init(_ folder: DirectionFolder, _ importer: Importer, _ projected: ProjectedFile, _ peers: PeersSeen) {
    self.folder = folder
    self.importer = importer
    self.projected = projected
    self.peers = peers
    name = ChannelLayout.window(folder.direction)
  }

  var channel: Directory { folder.ground.directory }
  var ids: OwnIDs { OwnIDs(key: folder.key, direction: folder.direction) }

  // MARK: A turn

  /// Does what the task takes; without a deadline nothing is waited for.
  @discardableResult
  mutating func carryOut(_ task: Task, until deadline: Moment?) throws(Interruption) -> ProjectionRun.Outcome {
    isHurried = deadline == nil
    // Whoever removes the channel's own files meanwhile does so only so often.
    for _ in 0..<8 {
      do throws(Interruption) {
        let windowLock = try settle()
        var held: WindowLock.Held?
        defer { leave(held) }
        return try run(task, windowLock, until: deadline, holding: &held)
      } catch {
        guard isReplaced(error) else { throw error }
        try reopen()
      }
    }
    throw .failed(ChannelError(.closed, at: folder.path, "is deleted and made again all the time"))
  }

  /// Whether a turn came to no end because the files that it works with are not those that others see.
  private func isReplaced(_ error: Interruption) -> Bool {
    switch error {
    case .replaced: true
    case .failed: lock?.isReplaced() ?? false
    case .busy, .pause: false
    }
  }

  private mutating func run(
    _ task: Task,
    _ windowLock: WindowLock,
    until deadline: Moment?,
    holding held: inout WindowLock.Held?
  ) throws(Interruption) -> ProjectionRun.Outcome {
    let rules = peers.current.rules(at: .now)
    var run =
      switch task {
      case .showing(let number): ProjectionRun(until: number, rules: rules)
      case .clearing: ProjectionRun.clearing(rules: rules)
      }
    var action = run.start
    var rounds = 0
    while true {
      switch action {
      case .look: action = run.looked(held == nil ? try lookBeforehand(for: task) : try look())
      case .takeProjectLock:
        held = try Self.locking { () throws(WindowLock.Failure) -> WindowLock.Held? in
          if let deadline { try windowLock.enter(until: deadline) } else { try windowLock.tryEnter() }
        }
        guard let held else { throw .busy }
        try learn(from: held, mayWait: deadline != nil)
        action = run.projectLockTaken()
      case .takeWindowLock:
        sight = nil
        try takeLockFile(held, until: deadline)
        action = run.windowLockTaken()
      case .importWindow: action = run.windowRead(try scene(task, rules))
      case .checkWindowLock: action = run.windowLockChecked(isOurs: try isLockOurs(held))
      case .publish(let draft):
        let (isExpected, isWhole) = try publish(draft)
        // The rest gets its timestamps when the clock has come nearer.
        if isExpected, !isWhole { throw .pause(.milliseconds(1)) }
        action = run.published(cameBackExpected: isExpected)
      case .importWhatCameBack:
        let isEmpty = try importWhatCameBack()
        let isOurs = try Self.locking { () throws(WindowLock.Failure) -> Bool in try held?.isOurs() ?? false }
        action = run.cameBackImported(isEmpty: isEmpty, lockIsOurs: isOurs)
        // Somebody may rewrite it for ever; who sends has only so much time, and who must not wait none.
        rounds += 1
        if deadline.map({ Moment.now >= $0 }) ?? (rounds >= 3) {
          if case .recordFloor(let floor) = action { try record(floor) }
          known = nil
          throw .pause(.milliseconds(1))
        }
      case .recordFloor(let floor):
        try record(floor)
        action = run.floorRecorded()
      case .finish(let outcome): return outcome
      }
    }
  }

  // MARK: Locks

  private mutating func settle() throws(Interruption) -> WindowLock {
    if let lock { return lock }
    let place = WindowLock.Place(
      direction: folder.direction,
      channel: channel,
      folder: folder.folder,
      staging: folder.staging
    )
    let made = try Self.locking { () throws(WindowLock.Failure) in
      let identity: ProcessIdentity
      do throws(SystemError) { identity = try ProcessIdentity.current() } catch { throw .file(.system(error)) }
      return try WindowLock(at: place, own: identity)
    }
    lock = made
    return made
  }

  /// Somebody deleted or replaced the direction's folders: nothing that is known of them counts.
  private mutating func reopen() throws(Interruption) {
    lock = nil
    file = nil
    recent = nil
    known = nil
    published = nil
    do throws(ChannelError) {
      try folder.log.refresh()
    } catch {
      throw .failed(error)
    }
  }

  /// Reads what the last projector left, and lets 1.0 senders have their turn.
  private mutating func learn(from held: WindowLock.Held, mayWait: Bool) throws(Interruption) {
    let record = try Self.locking { () throws(WindowLock.Failure) -> ProjectLockRecord? in try held.record() }
    // Mostly it is the one that this process left.
    if record != lockRecord {
      if let record, record.boot == folder.boot {
        lockRecord = record
        peers.learn(from: record, at: .now)
      } else {
        lockRecord = nil
      }
      // Whoever was about to publish has died: what came back to him may lie in staging.
      let found = try Self.failing { () throws(ChannelError) in try projected.read(in: folder.folder) }
      if let found, found.checksum != lockRecord?.confirmed { isSwept = false }
      // A turn that publishes nothing hands on what it found.
      checksum = lockRecord?.confirmed ?? 0
    }
    guard let pause = lockRecord?.pause(at: .now, boot: folder.boot), pause > .zero else { return }
    if !mayWait, pause > Self.longestInlinePause { throw .pause(pause) }
    KernelClock.pause(pause)
  }

  /// As long as that even who must not wait lets others have their turn.
  private static let longestInlinePause = Duration.microseconds(200)

  private mutating func takeLockFile(_ held: WindowLock.Held?, until deadline: Moment?) throws(Interruption) {
    let isTaken = try Self.locking { () throws(WindowLock.Failure) -> Bool in
      guard let deadline else { return try held?.tryLockFile() ?? false }
      try held?.takeLockFile(until: deadline)
      return true
    }
    if !isTaken { throw .busy }
  }

  /// Nobody robs a lock that was taken less than five seconds ago; should the clocks have told somebody otherwise, the look
  /// at what comes back shows it.
  private func isLockOurs(_ held: WindowLock.Held?) throws(Interruption) -> Bool {
    guard let held else { return false }
    if held.duration(at: .now) < Self.sureTime { return true }
    return try Self.locking { () throws(WindowLock.Failure) -> Bool in try held.isOurs() }
  }

  /// Far below the five seconds after which a lock is stale.
  private static let sureTime = Duration.seconds(1)

  /// Gives the locks up, with a record for the next.
  private mutating func leave(_ held: WindowLock.Held?) {
    guard let held else { return }
    let now = Moment.now
    let duration = held.duration(at: now)
    let evidence = peers.current
    let record = ProjectLockRecord(
      boot: folder.boot,
      released: now,
      held: duration,
      writerSeen: evidence.writerSeen,
      readerSeen: evidence.readerSeen,
      readerRuledOut: evidence.readerRuledOut(at: now),
      confirmed: checksum
    )
    // Who comes next and finds no record, or a lock that could not be removed, is only slower.
    try? held.releaseLockFile(isSurelyOurs: duration < Self.sureTime)
    if duration > .zero, (try? held.leave(record)) != nil { lockRecord = record }
    try? held.release()
  }

  static func locking<Result>(
    _ body: () throws(WindowLock.Failure) -> Result
  ) throws(Interruption) -> Result {
    do throws(WindowLock.Failure) {
      return try body()
    } catch {
      switch error {
      case .replaced: throw .replaced
      case .timedOut(let path, let holder): throw .failed(ChannelError(.lockTimeout, at: path, "is held by \(holder)"))
      case .obstructed(let path, let kind):
        throw .failed(ChannelError(.refused, at: path, "\(kind) where a lock file belongs", hint: "move it away"))
      case .file(let error): throw .failed(ChannelError(error, at: "."))
      }
    }
  }

  static func failing<Result>(_ body: () throws(ChannelError) -> Result) throws(Interruption) -> Result {
    do throws(ChannelError) {
      return try body()
    } catch {
      throw .failed(error)
    }
  }

  // MARK: Looking

  func facts() throws(Interruption) -> FileFacts? {
    try Self.failing { () throws(ChannelError) in try folder.windowFacts() }
  }

  /// Whether there is anything to do. What this process published last does not hold a newer message, and that somebody
  /// else has shown it meanwhile is so rare that it is looked for only once the locks are taken.
  private mutating func lookBeforehand(for task: Task) throws(Interruption) -> ProjectionRun.Look {
    if case .showing(let number) = task, let published, published.through < number {
      return ProjectionRun.Look(projected: nil, isMatched: false)
    }
    return try look()
  }

  private mutating func look() throws(Interruption) -> ProjectionRun.Look {
    let stamp = try facts()?.stamp
    sight = Sight(stamp: stamp)
    if let published, known?.staged != nil, stamp == known?.stamp {
      return ProjectionRun.Look(projected: published, isMatched: true)
    }
    let found = try Self.failing { () throws(ChannelError) in try projected.read(in: folder.folder) }
    guard let found, found.record.boot == folder.boot, recent?.journal.map({ $0 == found.record.journal }) ?? true
    else {
      return ProjectionRun.Look(projected: nil, isMatched: false)
    }
    return ProjectionRun.Look(
      projected: ProjectionRun.ProjectedSeqs(
        through: found.record.through,
        shown: found.record.shown,
        floor: found.record.floor,
        isConfirmed: lockRecord?.confirmed == found.checksum
      ),
      isMatched: found.record.window == stamp.map(FileState.init)
    )
  }
}
