// How the importer reads a window, and what it makes of one that is blank or torn.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Synchronization

extension Importer {
  /// What is found in a window without elements, for which no journal has to be begun; nil for any other.
  func emptyWindow(_ byteCount: Int64?, _ state: inout State) throws(ChannelError) -> Found? {
    let byteCount = if let byteCount { byteCount } else { try folder.windowFacts()?.stamp.size ?? 0 }
    guard byteCount > 0, byteCount < Self.emptyByteCount else { return nil }
    let reading = try read(.window, state)
    guard case .seen(let seen) = reading.content, seen.identities.isEmpty, let stamp = reading.stamp else { return nil }
    let now = folder.options.clock()
    state.patience = WindowPatience()
    state.previous = []
    state.hasBegun = true
    state.seen = (seen, stamp, now)
    return Found(
      window: seen,
      stamp: stamp,
      isClearPossible: !folder.ground.wasJustMade(at: now),
      importedCount: 0,
      isUnsettled: !hasSettled(stamp, at: now)
    )
  }

  /// Two brackets, and white space between and behind them.
  private static let emptyByteCount: Int64 = 16

  func hasSettled(_ stamp: FileStamp, at now: WallTime) -> Bool {
    let state = FileState(stamp)
    return WindowTrust.holds(state, state, isOurs: false, readAt: now)
  }

  /// Opens the window by a second name in staging, which is gone again at once.
  ///
  /// Whoever sends watches for openings of the window, and takes them for those of 1.0 readers; nobody watches staging. Nil
  /// where it cannot be had like that: then it is opened where it is, and what is wrong with it is told there.
  private func openUnnoticed() -> OpenFile? {
    let staging = folder.staging
    let alias = staging.makeName(.read)
    do throws(SystemError) {
      try folder.ground.directory.link(name, to: alias, in: staging.directory)
    } catch {
      return nil
    }
    defer { staging.discard(alias) }
    return try? staging.directory.openRegularFile(alias, limit: WindowReading.highestByteCount)
  }

  func read(_ source: Source, _ state: State) throws(ChannelError) -> WindowReading {
    switch source {
    case .window:
      if projected.isThere, let file = openUnnoticed() {
        do throws(FileError) {
          return try WindowReading.read(file, knowing: state.seen?.window, as: ids)
        } catch {
          throw ChannelError(error, at: path)
        }
      }
      openings.withLock { $0 = ($0.count + 1, .now) }
      return try WindowReading.read(name, in: folder.ground.directory, knowing: state.seen?.window, as: ids)
    // What came back and is gone was swept by another, who has taken in what could be read of it.
    case .displaced(let file), .orphan(let file):
      return try WindowReading.read(file, knowing: state.seen?.window, as: ids)
    }
  }

  enum Judged {
    case seen(SeenWindow)
    case cleared
    case lost
    case wait(Duration)
  }

  func judge(
    _ reading: WindowReading,
    _ source: Source,
    _ isOfAnotherBoot: Bool,
    _ state: inout State
  ) -> Judged {
    let sight: WindowPatience.Sight
    switch reading.content {
    case .missing: return .lost
    case .seen(let seen):
      if case .window = source { state.patience = WindowPatience() }
      return .seen(seen)
    case .blank: sight = .blank
    case .torn(let error, let bytes):
      sight = .torn
      if case .displaced = source {
        // Nobody writes it any more.
        keep(malformed: bytes, error)
        return .lost
      }
      // Never a window, but the beginning of one, of which all is in the journal: nothing to be told of.
      if case .orphan = source { return .lost }
    }
    // What came back blank was being written: that is no clear.
    guard case .window = source, let stamp = reading.stamp else { return .lost }
    // What was written before this boot may have come to the disk by half.
    let isUnwritten = isOfAnotherBoot && WallTime(stamp.modified) < WallTime.ofBoot
    switch state.patience.saw(sight, state: FileState(stamp), at: .now, isFromAnotherBoot: isUnwritten) {
    case .settled, .cleared: return .cleared
    case .lost: return .lost
    case .wait(let pause): return .wait(pause)
    case .malformed:
      if case .torn(let error, let bytes) = reading.content, state.malformed != stamp {
        state.malformed = stamp
        keep(malformed: bytes, error)
      }
      return .lost
    }
  }
}
