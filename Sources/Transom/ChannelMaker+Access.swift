// Opening a channel as far as this process may.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

extension ChannelMaker {
  /// Makes what is missing of a channel, or, where nothing may be written and its readers need not write, finds what is
  /// needed to look at it.
  func access(to directory: Directory, _ options: ChannelFolder.Options) throws(ChannelError) -> ChannelAccess {
    if options.isOnlyLookedAt { return try looking(at: directory, options, because: nil) }
    do throws(ChannelError) {
      let key = try complete(directory)
      if options.mayMonitor { try tryWriting(below: directory) }
      return ChannelAccess(key: key)
    } catch  where options.mayMonitor && error.isOfLackingRights {
      // Of a directory with nothing in it there is nothing to look at.
      guard try isChannel(directory) else { throw error }
      return try looking(at: directory, options, because: error)
    }
  }

  private func looking(
    at directory: Directory,
    _ options: ChannelFolder.Options,
    because obstacle: ChannelError?
  ) throws(ChannelError) -> ChannelAccess {
    do throws(ChannelError) {
      return ChannelAccess(key: try key(of: directory), isOnlyLookedAt: true, obstacle: obstacle)
    } catch  where error.code == .noChannel && options.mayMonitor {
      return ChannelAccess(key: Self.newKey(), isOnlyLookedAt: true, obstacle: obstacle, isBare: true)
    }
  }

  // MARK: Whether anything may be written

  /// What keeps this process from taking part in a channel, if anything does; nothing is made to find it out.
  func obstacle(in directory: Directory) -> ChannelError? {
    var obstacle: ChannelError?
    for direction in Direction.allCases {
      do throws(ChannelError) {
        if try mayWrite(direction, below: directory) { return nil }
      } catch {
        // Anything else is told by whoever uses it.
        guard error.isOfLackingRights else { return nil }
        obstacle = obstacle ?? error
      }
    }
    return obstacle
  }

  /// Opens what everybody opens for writing who takes part, made as it will be when it is used. It is enough that one of
  /// the directions lets us: of the other it is told then.
  private func tryWriting(below directory: Directory) throws(ChannelError) {
    var obstacle: ChannelError?
    for direction in Direction.allCases {
      do throws(ChannelError) {
        if try mayWrite(direction, below: directory) { return }
        let hidden = try ChannelError.files(at: directory.path) { () throws(FileError) in
          try directory.subdirectory(ChannelLayout.hidden)
        }
        _ = try DirectionPlaces.Opened(direction, below: hidden)
        return
      } catch {
        guard error.isOfLackingRights else { return }
        obstacle = obstacle ?? error
      }
    }
    if let obstacle { throw obstacle }
  }

  /// Whether a direction's journal may be written; false where nobody has made it.
  private func mayWrite(_ direction: Direction, below directory: Directory) throws(ChannelError) -> Bool {
    let name = ChannelLayout.Hidden.folder(direction)
    do throws(FileError) {
      let journal = try directory.subdirectory(ChannelLayout.hidden).subdirectory(name)
        .subdirectory(ChannelLayout.Inside.journal)
      _ = try journal.openRegularFile(ChannelLayout.journalLock, for: .readingAndWriting)
      return true
    } catch .system(let error) where error.code == ENOENT {
      return false
    } catch {
      throw ChannelError(error, at: directory.path(of: ChannelLayout.hidden) + "/" + name)
    }
  }
}
