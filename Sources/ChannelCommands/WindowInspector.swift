// Looks at what 1.0 programs see of a direction.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Transom

/// Collects what `inspect` and `doctor` show of a window, its lock and its quarantine, also where Transom's own part is
/// missing or damaged. Nothing is changed, and nothing is waited for.
struct WindowInspector {
  /// The record of what the window shows, as far as it can be relied on.
  struct Record {
    let projected: Projected
    /// Whether the window is the one that the record speaks of.
    let isOfWindow: Bool
    /// The window is known to have shown the journal up to here.
    let shown: SequenceNumber
  }

  /// As much as the library reads.
  private static let highestByteCount = WindowReading.highestByteCount

  private let channel: Directory
  private let direction: Direction
  /// The direction's folder below `.transom`; nil where only 1.0 programs were.
  private let folder: Directory?
  private let staging: Staging
  private let boot: UniqueID
  private let now = FileTime.now()

  init(_ direction: Direction, in channel: Directory, boot: UniqueID) {
    self.channel = channel
    self.direction = direction
    self.boot = boot
    let hidden = try? channel.subdirectory(ChannelLayout.hidden)
    folder = try? hidden?.subdirectory(ChannelLayout.Hidden.folder(direction))
    // Where there is no staging there are no marks in it either.
    staging = Staging((try? hidden?.subdirectory(ChannelLayout.Hidden.staging)) ?? channel)
  }

  // MARK: The window

  func window() throws(ChannelError) -> (state: WindowState, record: Record?) {
    let name = ChannelLayout.window(direction)
    let bytes: [UInt8]
    let facts: FileFacts
    do throws(FileError) {
      let file = try channel.openRegularFile(name, limit: Self.highestByteCount)
      bytes = try file.readAll(limit: Self.highestByteCount)
      facts = file.factsAtOpening
    } catch {
      return (try failed(error, name), record(FileState?.none))
    }
    let record = record(FileState(facts.stamp))
    var state = WindowState(
      content(of: bytes),
      byteCount: UInt64(bytes.count),
      age: FileAge(of: facts.stamp.modified, at: now)
    )
    if case .rejects(let refusal) = PeerReader.judge(bytes) { state.fault = WindowState.Fault(refusal) }
    state.author = author(of: facts.stamp, record)
    return (state, record)
  }

  private func failed(_ error: FileError, _ name: String) throws(ChannelError) -> WindowState {
    switch error {
    case .refused(let refusal):
      return WindowState(.refused(what: refusal.reason.what, remedy: refusal.reason.remedy))
    case .system(let error):
      let isThere = try ChannelError.calls(at: channel.path) { () throws(SystemError) in try channel.facts(of: name) }
      guard isThere != nil else { return WindowState(.missing) }
      let told = ChannelError(error, at: channel.path(of: name))
      return WindowState(.refused(what: told.what, remedy: told.hint))
    }
  }

  private func content(of bytes: [UInt8]) -> WindowState.Content {
    switch Window.look(at: bytes, limits: JSONLimits(bytes: Int(Self.highestByteCount))) {
    case .blank: .elements(0, unreadable: 0)
    case .window(let window):
      .elements(window.elements.count, unreadable: window.elements.count { $0.message == nil })
    case .torn: .torn
    }
  }

  private func author(of stamp: FileStamp, _ record: Record?) -> WindowState.Author {
    guard let record else { return .unknown }
    if record.isOfWindow { return .transom }
    // What Transom has published it never writes again. A number may have been handed on to another file, but not within
    // one and the same boot without the record being renewed.
    let isSameFile = record.projected.window.inode == stamp.inode && record.projected.window.device == stamp.device
    return isSameFile && record.projected.boot == boot ? .otherInPlace : .other
  }

  // MARK: What Transom keeps about it

  /// The record of what the window shows, without opening the window.
  func record() throws(ChannelError) -> Record? {
    let name = ChannelLayout.window(direction)
    let facts = try ChannelError.calls(at: channel.path) { () throws(SystemError) in try channel.facts(of: name) }
    return record(facts.map { FileState($0.stamp) })
  }

  private func record(_ window: FileState?) -> Record? {
    guard let bytes = contents(of: ChannelLayout.Inside.projected, limit: Projected.byteCount),
      let projected = try? Projected(decoding: bytes)
    else { return nil }
    let isOfWindow = projected.window == window
    // An intent that nobody confirmed, of a window that is not there, says nothing about itself.
    let isKnown = isOfWindow || lockRecord().map { $0.confirmed == Projected.checksum(of: bytes) } ?? false
    return Record(projected: projected, isOfWindow: isOfWindow, shown: isKnown ? projected.through : projected.shown)
  }

  private func lockRecord() -> ProjectLockRecord? {
    contents(of: ChannelLayout.Inside.projectLock, limit: ProjectLockRecord.byteCount).flatMap {
      try? ProjectLockRecord(decoding: $0)
    }
  }

  private func contents(of name: String, limit: Int) -> [UInt8]? {
    guard let file = try? folder?.openRegularFile(name) else { return nil }
    return try? file.read(limit, at: 0)
  }

  /// Nil where nobody of ours has written anything down under this boot.
  func peers(at moment: Moment = .now) -> PeersState? {
    guard let record = lockRecord(), record.boot == boot else { return nil }
    func age(_ seen: Moment?) -> Duration? { seen.map { moment.duration(since: $0) } }
    return PeersState(
      writerSeen: age(record.writerSeen),
      readerSeen: age(record.readerSeen),
      readerRuledOut: age(record.readerRuledOut)
    )
  }

  // MARK: The 1.0 lock and the quarantine

  func lock() throws(ChannelError) -> WindowLockState? {
    let look = WindowLockLook(direction, in: channel, staging: staging)
    let path = channel.path(of: look.file.name)
    return try ChannelError.calls(at: path) { () throws(SystemError) in
      guard let sight = try look.sight() else { return nil }
      let judge = LockJudge(boot: boot, flockIsKernelWide: try channel.fileSystem().isFlockKernelWide)
      let age = FileAge(of: sight.found.stamp.modified, at: FileTime.now())
      return WindowLockState(path: path, sight.facts, judge.judge(sight.facts), age: age)
    }
  }

  func quarantine() throws(ChannelError) -> QuarantineState {
    guard let folder, let quarantine = try? folder.subdirectory(ChannelLayout.Inside.quarantine) else {
      return QuarantineState()
    }
    let window = ChannelLayout.window(direction)
    return try ChannelError.calls(at: quarantine.path) { () throws(SystemError) in
      var state = QuarantineState()
      var newest: FileTime?
      for name in try quarantine.names() {
        // Somebody may be tidying up.
        guard let facts = try quarantine.facts(of: name) else { continue }
        state.fileCount += 1
        if name.contains(window) { state.pieceCount += 1 }
        state.byteCount += UInt64(max(0, facts.stamp.size))
        // What was moved there keeps the time of its contents; that it was moved shows in the other one.
        guard newest.map({ $0 < facts.changed }) ?? true else { continue }
        newest = facts.changed
        state.newest = QuarantineState.Newest(name: name, age: FileAge(of: facts.changed, at: now))
      }
      return state
    }
  }
}

extension FileState {
  fileprivate init(_ stamp: FileStamp) {
    self.init(
      device: stamp.device,
      inode: stamp.inode,
      size: UInt64(max(0, stamp.size)),
      seconds: stamp.modified.seconds,
      nanoseconds: UInt32(clamping: stamp.modified.nanoseconds)
    )
  }
}

extension WindowState.Fault {
  fileprivate init(_ refusal: PeerReader.Refusal) {
    switch refusal {
    case .unreadable(let error): self.init(offset: error.offset, reason: "\(error.reason)")
    case .hazard(let hazard): self.init(offset: hazard.offset, reason: hazard.what)
    }
  }
}

extension PeerHazard {
  /// What it is, without its place.
  fileprivate var what: String {
    switch self {
    case .nesting: "nesting of 126 or more levels"
    case .numberBeyondDouble: "a number outside a double's range"
    case .loneSurrogate: "half of a surrogate pair"
    }
  }
}
