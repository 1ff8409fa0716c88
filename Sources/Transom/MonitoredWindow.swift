// A window as a monitor looks at it.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// Opens a direction's window when something foreign may be in it, and only then: no lock is taken, and nothing is made.
struct MonitoredWindow {
  enum Look {
    /// Nothing in it is new; look again after that, where it says so.
    case known(lookAgain: Duration?)
    case seen(SeenWindow, mayHoldLostRecords: Bool, lookAgain: Duration?)
    /// It is there, and holds nothing.
    case empty(lookAgain: Duration?)
  }

  private let name: String
  private let projected = ProjectedFile(isOnlyRead: true)
  private var sight = MonitorPatience()
  private var patience = WindowPatience()
  /// The state in which nothing in it was new.
  private var last: (state: FileState, isOurs: Bool, readAt: WallTime)?
  private var seen: SeenWindow?
  /// The state in which it could not be read, and until when that is not tried again: to try is to open it.
  private var failed: (state: FileState, until: Moment)?
  private var complaints = MonitorComplaints()

  init(_ direction: Direction) {
    name = ChannelLayout.window(direction)
  }

  private static let pauseAfterError = Duration.seconds(1)
  /// So soon it is looked again for what should be there: it may come back, or be gone for good with all around it.
  static let pauseWhileMissing = Duration.milliseconds(100)
  /// So long after a change a file's state says that it has not changed since.
  private static let settling = WindowTrust.settling + .milliseconds(2)

  /// As long as an array of nothing: what is no longer holds no message, and need not be opened.
  private static let emptyByteCount: UInt64 = 2

  /// Reads it again, whatever was seen of it.
  mutating func forget() {
    last = nil
    seen = nil
  }

  /// Looks at it; `isImpatient` reads it also while somebody is about to put another in its place.
  mutating func look(
    in folder: DirectionFolder,
    as ids: OwnIDs,
    isImpatient: Bool = false
  ) throws(ChannelError) -> Look {
    guard let state = try state(in: folder) else {
      last = nil
      return .empty(lookAgain: Self.pauseWhileMissing)
    }
    if let last, WindowTrust.holds(last.state, state, isOurs: last.isOurs, readAt: last.readAt) {
      return .known(lookAgain: nil)
    }
    if state.size == Self.emptyByteCount { return .empty(lookAgain: nil) }
    let found = folder.ground.isBare ? nil : try projected.read(in: folder.folder)
    let isOfThisBoot = found.map { $0.record.boot == folder.boot } ?? false
    if let found, isOfThisBoot {
      switch try judge(found, state, in: folder) {
      case .known: return .known(lookAgain: nil)
      case .wait(let pause): if !isImpatient { return .known(lookAgain: pause) }
      case .foreign: break
      }
    }
    let now = Moment.now
    if let failed, failed.state == state, now < failed.until {
      return .known(lookAgain: failed.until.duration(since: now))
    }
    do throws(ChannelError) {
      return try read(in: folder, as: ids, isOfAnotherBoot: !isOfThisBoot && !folder.ground.isBare)
    } catch {
      failed = (state, now.advanced(by: Self.pauseAfterError))
      throw error
    }
  }

  private func state(in folder: DirectionFolder) throws(ChannelError) -> FileState? {
    let channel = folder.ground.directory
    return try ChannelError.calls(at: channel.path(of: name)) { () throws(SystemError) in
      try channel.facts(of: name).map { FileState($0.stamp) }
    }
  }

  // MARK: By what was written about it

  private mutating func judge(
    _ found: ProjectedFile.Found,
    _ first: FileState,
    in folder: DirectionFolder
  ) throws(ChannelError) -> MonitorPatience.Verdict {
    var window = first
    var confirmed: UInt32?
    var after = found.checksum
    if found.record.window != first {
      // In this order; see `MonitorPatience`.
      confirmed = self.confirmed(in: folder)
      guard let now = try state(in: folder) else { return .wait(MonitorPatience.pause) }
      window = now
      after = try projected.read(in: folder.folder)?.checksum ?? 0
    }
    let facts = MonitorPatience.Facts(
      projected: found.record,
      checksum: found.checksum,
      confirmed: confirmed,
      window: window,
      checksumAfter: after
    )
    let verdict = sight.judge(facts, at: .now)
    if verdict == .known { last = (window, true, folder.options.clock()) }
    return verdict
  }

  /// What nobody confirmed is waited for like what nobody ended.
  private func confirmed(in folder: DirectionFolder) -> UInt32? {
    guard let file = try? folder.folder.openRegularFile(ChannelLayout.Inside.projectLock),
      let bytes = try? file.read(ProjectLockRecord.byteCount, at: 0)
    else { return nil }
    return (try? ProjectLockRecord(decoding: bytes))?.confirmed
  }

  // MARK: By what is in it

  private mutating func read(
    in folder: DirectionFolder,
    as ids: OwnIDs,
    isOfAnotherBoot: Bool
  ) throws(ChannelError) -> Look {
    let reading = try WindowReading.read(name, in: folder.ground.directory, knowing: seen, as: ids)
    guard let stamp = reading.stamp else {
      last = nil
      return .empty(lookAgain: Self.pauseWhileMissing)
    }
    let now = folder.options.clock()
    let state = FileState(stamp)
    let hasSettled = WindowTrust.holds(state, state, isOurs: false, readAt: now)
    let again = hasSettled ? nil : Self.settling
    switch judge(reading, stamp, isOfAnotherBoot, in: folder) {
    case .wait(let pause): return .known(lookAgain: pause)
    case .settled, .cleared, .malformed, .lost: break
    }
    last = (state, false, now)
    guard case .seen(let window) = reading.content else { return .empty(lookAgain: again) }
    seen = window
    complaints.tellOfElements(in: window, at: path(in: folder), to: folder.options.troubles)
    return .seen(window, mayHoldLostRecords: isOfAnotherBoot, lookAgain: again)
  }

  private mutating func judge(
    _ reading: WindowReading,
    _ stamp: FileStamp,
    _ isOfAnotherBoot: Bool,
    in folder: DirectionFolder
  ) -> WindowPatience.Verdict {
    let sight: WindowPatience.Sight
    switch reading.content {
    case .missing, .seen: sight = .readable
    case .blank: sight = .blank
    case .torn: sight = .torn
    }
    // What was written before this boot may have come to the disk by half.
    let isUnwritten = isOfAnotherBoot && WallTime(stamp.modified) < WallTime.ofBoot
    let verdict = patience.saw(sight, state: FileState(stamp), at: .now, isFromAnotherBoot: isUnwritten)
    if verdict == .malformed, case .torn(let error, _) = reading.content {
      complaints.tell(of: error, stamp, at: path(in: folder), to: folder.options.troubles)
    }
    return verdict
  }

  private func path(in folder: DirectionFolder) -> String { folder.ground.directory.path(of: name) }
}
