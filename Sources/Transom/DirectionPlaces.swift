// The folders of one direction, which may be deleted and made again while they are in use.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// Opens a direction's folders below `.transom`, making those that are missing, and opens them anew when they were
/// replaced.
final class DirectionPlaces: Sendable {
  /// What is open.
  struct Opened: Sendable {
    let hidden: Directory
    let folder: Directory
    let journal: Directory
    let readers: Directory
    var quarantine: Directory
    var staging: Staging
    /// Nil for who only looks.
    var lock: FileLock?

    init(_ direction: Direction, below hidden: Directory) throws(ChannelError) {
      self.hidden = hidden
      do throws(FileError) {
        folder = try hidden.openOrMakeSubdirectory(ChannelLayout.Hidden.folder(direction))
        journal = try folder.openOrMakeSubdirectory(ChannelLayout.Inside.journal)
        readers = try folder.openOrMakeSubdirectory(ChannelLayout.Inside.readers)
        quarantine = try folder.openOrMakeSubdirectory(ChannelLayout.Inside.quarantine)
        lock = try FileLock(ChannelLayout.journalLock, in: journal)
      } catch {
        throw ChannelError(error, at: hidden.path(of: ChannelLayout.Hidden.folder(direction)))
      }
      staging = try ChannelMaker.staging(of: hidden)
    }

    /// Opens what is there, for who only looks.
    init(lookingAt direction: Direction, below hidden: Directory) throws(ChannelError) {
      self.hidden = hidden
      do throws(FileError) {
        folder = try hidden.subdirectory(ChannelLayout.Hidden.folder(direction))
        journal = try folder.subdirectory(ChannelLayout.Inside.journal)
        readers = try folder.subdirectory(ChannelLayout.Inside.readers)
        quarantine = try folder.subdirectory(ChannelLayout.Inside.quarantine)
        lock = nil
        // Nothing is made there, and who tidied it away is no obstacle.
        staging = Staging((try? hidden.subdirectory(ChannelLayout.Hidden.staging)) ?? hidden)
      } catch {
        throw ChannelError(error, at: hidden.path(of: ChannelLayout.Hidden.folder(direction)))
      }
    }

    /// Stands in where only 1.0 programs have been: the channel's own directory, in which no file of ours is found.
    init(bare channel: Directory) {
      (hidden, folder, journal, readers, quarantine) = (channel, channel, channel, channel, channel)
      staging = Staging(channel)
      lock = nil
    }

    func isStagingThere() throws(ChannelError) -> Bool {
      try ChannelError.calls(at: staging.directory.path) { () throws(SystemError) in
        try staging.directory.facts().links > 0
      }
    }

    /// Whether the journal's folder still is where it was opened.
    func isJournalThere(in channel: Directory) throws(ChannelError) -> Bool {
      try ChannelError.calls(at: journal.path) { () throws(SystemError) in
        for (name, parent, child) in [
          (ChannelLayout.hidden, channel, hidden), (folder.name, hidden, folder),
          (ChannelLayout.Inside.journal, folder, journal),
        ] {
          guard let facts = try parent.facts(of: name), facts.stamp.isSameFile(as: child.factsAtOpening.stamp) else {
            return false
          }
        }
        return true
      }
    }
  }

  let ground: ChannelGround
  let direction: Direction
  private let opened: Mutex<Opened>

  init(_ direction: Direction, of ground: ChannelGround) throws(ChannelError) {
    self.ground = ground
    self.direction = direction
    opened = Mutex(try Self.open(direction, of: ground))
  }

  private static func open(_ direction: Direction, of ground: ChannelGround) throws(ChannelError) -> Opened {
    if ground.isBare { return Opened(bare: ground.directory) }
    let hidden = try ChannelError.files(at: ground.path) { () throws(FileError) in
      try ground.directory.subdirectory(ChannelLayout.hidden)
    }
    return ground.options.isOnlyLookedAt
      ? try Opened(lookingAt: direction, below: hidden) : try Opened(direction, below: hidden)
  }

  /// Whether a direction has its folders, which are made with the channel.
  private static func isThere(_ name: String, below channel: Directory) throws(FileError) -> Bool {
    do {
      let folder = try channel.subdirectory(ChannelLayout.hidden).subdirectory(name)
      for inner in [ChannelLayout.Inside.journal, ChannelLayout.Inside.readers] { _ = try folder.subdirectory(inner) }
      return true
    } catch .system(let error) where error.code == ENOENT {
      return false
    }
  }

  var current: Opened { opened.withLock { $0 } }

  /// Lets go of a lock that could not be given up.
  func replaceLock(by anew: FileLock) {
    opened.withLock { $0.lock = anew }
  }

  /// Makes the folder anew in which files are made.
  func remakeStaging() throws(ChannelError) {
    let staging = try ChannelMaker.staging(of: current.hidden)
    opened.withLock { $0.staging = staging }
  }

  /// Opens everything by its name again for who only looks, when the journal's folder is not there any more. While it is
  /// missing there is nothing to look at, and what was open stays so.
  func lookAgain() throws(ChannelError) {
    guard !ground.isBare, try !current.isJournalThere(in: ground.directory) else { return }
    do throws(ChannelError) {
      let key = try ChannelMaker(calls: ground.options.calls, time: ground.options.clock()).key(of: ground.directory)
      guard key == ground.key else { throw replaced }
      let anew = try Self.open(direction, of: ground)
      opened.withLock { $0 = anew }
    } catch  where error.isOfSomethingMissing || error.code == .noChannel {
      return
    }
  }

  private var replaced: ChannelError {
    ChannelError(.closed, at: ground.path, "the channel's hidden folder was replaced by another channel's")
  }

  /// Opens everything by its name again, making what is missing.
  ///
  /// The channel itself must still be the one that was opened: its key is what our messages are known by.
  func reopen() throws(ChannelError) -> Opened {
    guard ground.isStillThere() else {
      throw ChannelError(.closed, at: ground.path, "the channel's directory was removed, moved or replaced")
    }
    if !ground.options.creates {
      // What is missing may be missing because all of it is being removed: nothing is put back then.
      let path = ground.directory.path(of: ChannelLayout.hidden)
      let isThere = try ChannelError.files(at: path) { () throws(FileError) in
        try Self.isThere(ChannelLayout.Hidden.folder(direction), below: ground.directory)
      }
      guard isThere else { throw ChannelError(.noChannel, at: path, "is removed, wholly or in part") }
    }
    let maker = ChannelMaker(calls: ground.options.calls, time: ground.options.clock(), key: ground.key)
    guard try maker.complete(ground.directory) == ground.key else { throw replaced }
    let anew = try Self.open(direction, of: ground)
    opened.withLock { $0 = anew }
    return anew
  }
}
