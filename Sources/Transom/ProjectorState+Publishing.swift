// From what is owed to a window that shows it.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

extension ProjectorState {
  // MARK: Reading

  /// What is in the window, all of it in the journal, and what the journal owes to it.
  mutating func scene(_ task: Task, _ rules: Projection.Rules) throws(Interruption) -> ProjectionRun.Scene {
    let stamp = if let sight = sight.take() { sight.stamp } else { try facts()?.stamp }
    var wanted: SequenceNumber?
    if known?.staged == nil || stamp != known?.stamp || !isSwept {
      try read()
    } else if case .showing(let number) = task {
      // All that is in a window of ours was read before: what was appended behind the one that is wanted may wait for
      // the next turn.
      wanted = number
    }
    try follow(until: wanted, rules)
    guard let known, let recent else { preconditionFailure("window and journal were just read") }
    return ProjectionRun.Scene(
      content: known.text.identities,
      journal: recent.entries,
      floor: recent.floor,
      now: folder.options.clock(),
      isClearPossible: known.isClearPossible
    )
  }

  mutating func follow(until wanted: SequenceNumber? = nil, _ rules: Projection.Rules) throws(Interruption) {
    do throws(ChannelError) {
      if recent == nil { recent = try RecentMessages(folder, rules: rules) }
      try recent?.follow(until: wanted, rules: rules)
    } catch {
      recent = nil
      throw .failed(error)
    }
  }

  private static let highestHurriedByteCount: Int64 = 1 << 20

  /// Takes in what is foreign in the window and holds it as it is.
  private mutating func read() throws(Interruption) {
    // Who must not wait leaves what takes long to a thread that may.
    if isHurried, let size = try facts()?.stamp.size, size > Self.highestHurriedByteCount { throw .busy }
    if !isSwept { try importOrphans() }
    let found = try imported(.window)
    let record = try Self.failing { () throws(ChannelError) in try projected.read(in: folder.folder)?.record }
    notePeer(in: found, record)
    // Somebody else projected or wrote: what is known of the timestamps is in his record and in the window.
    timestamps = nil
    published = nil
    known = Known(
      text: WindowText(found.window.window, identities: found.window.identitiesForPeers),
      stamp: found.stamp,
      isClearPossible: found.isClearPossible
    )
    settleTimestamps(with: found.window, record)
  }

  /// A window that no native published, with a message of somebody else's in it, is the work of a 1.0 writer; a reader of
  /// ours may have taken it in before.
  private func notePeer(in found: Importer.Found, _ record: Projected?) {
    guard let stamp = found.stamp else { return }
    let isForeign = found.window.identities.contains { if case .foreign = $0 { true } else { false } }
    let (written, now) = (WallTime(stamp.modified), folder.options.clock())
    guard isForeign, !now.isApart(from: written, milliseconds: 10_000) else { return }
    if record?.window != FileState(stamp) { peers.update { $0.sawForeignWrite(at: .now) } }
  }

  private func imported(_ source: Importer.Source) throws(Interruption) -> Importer.Found {
    let outcome = try Self.failing { () throws(ChannelError) in try importer.importAtOnce(source) }
    switch outcome {
    case .found(let found): return found
    case .busy: throw .busy
    case .wait(let pause): throw .pause(pause)
    }
  }

  /// Windows that came back to projectors that died before they had imported them.
  private mutating func importOrphans() throws(Interruption) {
    let staging = folder.staging
    let names = try Self.failing { () throws(ChannelError) in
      try ChannelError.calls(at: staging.directory.path) { () throws(SystemError) in try staging.directory.names() }
    }
    // Nobody else of ours publishes this window at present.
    for orphan in names where orphan.hasPrefix(name + "-") {
      let file = DisplacedFile(orphan, in: staging)
      let isSpare = try Self.failing { () throws(ChannelError) in
        try ChannelError.calls(at: file.path) { () throws(SystemError) in try staging.isSpare(orphan) }
      }
      // Another process may still be about to use it; it makes itself a new one.
      if isSpare {
        file.remove()
        continue
      }
      if try importedOrSetAside(.orphan(file), file) != nil { file.remove() }
    }
    staging.removeAbandoned(among: names, at: FileTime(folder.options.clock()))
    isSwept = true
  }

  /// Takes in what came back; nil when it is nothing that can be read, and lies in quarantine then.
  private func importedOrSetAside(
    _ source: Importer.Source,
    _ file: DisplacedFile
  ) throws(Interruption) -> Importer.Found? {
    do throws(Interruption) {
      return try imported(source)
    } catch {
      guard case .failed(let trouble) = error, trouble.code == .refused else { throw error }
      folder.options.troubles.tell(trouble)
      try Self.failing { () throws(ChannelError) in
        try Quarantine(folder: folder.quarantine, time: folder.options.clock())
          .take(file.name, from: folder.staging.directory)
      }
      return nil
    }
  }

  mutating func importWhatCameBack() throws(Interruption) -> Bool {
    guard let file = displaced else { preconditionFailure("something came back") }
    let found: Importer.Found?
    do throws(Interruption) {
      found = try importedOrSetAside(.displaced(file), file)
    } catch {
      // It stays in staging, and is looked for there by the next turn.
      isSwept = false
      known = nil
      throw error
    }
    displaced = nil
    guard let found else { return false }
    file.remove()
    return found.window.identities.isEmpty && found.isClearPossible
  }

  // MARK: Timestamps

  private var manner: ProjectedTimestamps.Manner { peers.current.timestamps(at: .now) }

  private mutating func settleTimestamps(with window: SeenWindow, _ record: Projected?) {
    let now = folder.options.clock().milliseconds
    var own: UInt64?
    var foreign: [UInt64] = []
    for (element, identity) in zip(window.window.elements, window.identities) {
      guard let timestamp = element.message?.timestamp else { continue }
      if case .own = identity { own = max(own ?? 0, timestamp) } else { foreign.append(timestamp) }
    }
    let manner = manner
    var timestamps = ProjectedTimestamps(
      claimed: max(record?.newestTimestamp ?? 0, own ?? 0),
      newestInWindow: own,
      at: now
    )
    for timestamp in foreign { timestamps.saw(timestamp, at: now, manner: manner) }
    self.timestamps = timestamps
  }

  /// The timestamps of messages that are shown for the first time, in their order; of the first of them alone where they
  /// would run too far ahead.
  private mutating func grants(_ count: Int) throws(Interruption) -> [UInt64] {
    let now = folder.options.clock().milliseconds
    let manner = manner
    var timestamps = self.timestamps ?? ProjectedTimestamps()
    var grants: [UInt64] = []
    grants.reserveCapacity(count)
    for _ in 0..<count {
      switch timestamps.next(at: now, manner: manner) {
      case .timestamp(let timestamp): grants.append(timestamp)
      case .wait(let pause):
        if grants.isEmpty { throw .pause(pause) }
        self.timestamps = timestamps
        return grants
      }
    }
    self.timestamps = timestamps
    return grants
  }

  // MARK: Publishing

  /// Publishes the planned window, as far as there are timestamps for it; `isExpected` is false when another than the one
  /// that was spliced from came back.
  mutating func publish(_ draft: ProjectionRun.Draft) throws(Interruption) -> (isExpected: Bool, isWhole: Bool) {
    guard let recent else { preconditionFailure("the journal was read for the plan") }
    let added = recent.texts(of: draft.projection.added)
    let grants = try grants(added.count { if case .own = $0.identity { true } else { false } })
    // From here on its text is the next window's; when anything fails it is read again.
    guard var next = known.take() else { preconditionFailure("the window was read for the plan") }
    let expected = next.stamp
    next.text.keep(draft.projection.kept)
    var granted = grants[...]
    var through = draft.projection.through
    var isWhole = true
    for message in added {
      guard case .own = message.identity else {
        next.text.append(message.text[...], as: message.identity)
        continue
      }
      guard let timestamp = granted.popFirst() else {
        through = message.number.previous
        isWhole = false
        break
      }
      next.text.append(message.text, as: message.identity, at: timestamp)
    }
    let file = settleFile()
    let staged: StagedFile
    do throws(SystemError) {
      staged = try file.stage([next.text.closed()], modified: uniqueTime(), isHeldOpen: true)
    } catch {
      throw .failed(ChannelError(error, at: channel.path(of: name)))
    }
    if file.leftSomething() { isSwept = false }
    let checksum = try intend(draft, through, isWhole ? recent.place : .nowhere, staged, recent)
    let publication: Publication
    do throws(FileError) {
      publication = try file.publish(staged, expecting: expected, isJustSeen: true, displacing: next.staged)
    } catch {
      throw .failed(ChannelError(error, at: channel.path(of: name)))
    }
    self.checksum = checksum
    // The one before was held open until now: closed earlier it would have been closed under the window's name.
    next.stamp = staged.stamp
    next.staged = staged
    next.isClearPossible = true
    known = next
    published = ProjectionRun.ProjectedSeqs(
      through: through,
      shown: draft.shown,
      floor: draft.floor,
      isConfirmed: true
    )
    guard case .displaced(let other) = publication else { return (true, isWhole) }
    displaced = other
    return (false, isWhole)
  }

  private mutating func settleFile() -> AtomicFile {
    if let file { return file }
    let made = AtomicFile(
      name,
      in: channel,
      staging: folder.staging,
      limit: WindowReading.highestByteCount,
      keepsSpares: folder.ground.fileSystem.isInMemory
    )
    file = made
    return made
  }

  /// Says what the window will show, before it does.
  private func intend(
    _ draft: ProjectionRun.Draft,
    _ through: SequenceNumber,
    _ place: JournalPlace,
    _ staged: StagedFile,
    _ recent: RecentMessages
  ) throws(Interruption) -> UInt32 {
    let record = Projected(
      journal: recent.journal ?? UniqueID(high: 0, low: 0),
      boot: folder.boot,
      through: through,
      shown: draft.shown,
      floor: draft.floor,
      newestTimestamp: timestamps?.newest ?? 0,
      place: place,
      window: FileState(staged.stamp)
    )
    return try Self.failing { () throws(ChannelError) in try projected.write(record, in: folder.folder) }
  }

  /// Each window of ours has nanoseconds of its own, by which it is known.
  private mutating func uniqueTime() -> FileTime {
    let now = FileTime.now()
    if now > latestStamp {
      latestStamp = now
    } else {
      latestStamp = FileTime(
        seconds: latestStamp.nanoseconds == 999_999_999 ? latestStamp.seconds + 1 : latestStamp.seconds,
        nanoseconds: latestStamp.nanoseconds == 999_999_999 ? 0 : latestStamp.nanoseconds + 1
      )
    }
    return latestStamp
  }

  mutating func record(_ floor: SequenceNumber) throws(Interruption) {
    do throws(ChannelError) {
      if case .appended = try folder.log.tryAppend([.cleared(floor: floor)], for: .importing) { return }
    } catch {
      throw .failed(error)
    }
    throw .busy
  }

  // MARK: Tending

  /// Projects what the window lacks, if it lacks anything.
  mutating func tend() throws(Interruption) {
    let rules = peers.current.rules(at: .now)
    try follow(rules)
    guard let recent else { return }
    let stamp = try facts()?.stamp
    if let published, known?.staged != nil, stamp == known?.stamp,
      published.through >= recent.entries.last?.number ?? .none
    {
      return
    }
    let found = try imported(.window)
    try follow(rules)
    guard let entries = self.recent?.entries else { return }
    let content = found.window.identitiesForPeers
    let floor = try floor()
    let plan = Projection(of: entries, above: floor, into: content, rules: rules, now: folder.options.clock())
    let mayBeCleared = content.isEmpty && !plan.added.isEmpty && found.isClearPossible
    if plan.changesNothing(in: content), !mayBeCleared { return }
    try carryOut(.showing(entries.last?.number ?? .none), until: nil)
  }

  private func floor() throws(Interruption) -> SequenceNumber {
    let found = try Self.failing { () throws(ChannelError) in try projected.read(in: folder.folder) }
    return max(recent?.floor ?? .none, found?.record.floor ?? .none)
  }
}
