// An opened channel directory.

package import ChannelModel
package import LinuxIO
internal import Glibc
internal import Synchronization

/// A channel's directory, complete and open; its directions are opened when they are asked for, and kept.
package final class ChannelFolder: Sendable {
  /// How a channel is opened and kept.
  package struct Options: Sendable {
    /// Whether a channel that is not there is made.
    package var creates = true
    /// Whether the channel is only looked at: nothing in it is made, put right or removed, and its journals' locks are
    /// not taken. So it may lie on a read-only file system.
    package var isOnlyLookedAt = false
    /// Whether it is for readers that need not write: then one in which nothing may be written is only looked at, and so
    /// may be one that only 1.0 programs have used.
    package var mayMonitor = false
    /// Where a segment ends and the next begins.
    package var segmentLimit = 4 << 20
    package var retention = Retention.Manner.standard
    package var clock: @Sendable () -> WallTime = ChannelFolder.wallClock
    package var calls: any FileCalls = KernelCalls.shared
    /// Which boot this is; nil asks the kernel.
    package var boot: UniqueID?
    /// Told what is wrong with what 1.0 programs write.
    package var troubles = Troubles()
    private let bothPeers = [PeersSeen(), PeersSeen()]

    package init() {}

    /// What is known of the 1.0 programs at a direction's window.
    func peers(_ direction: Direction) -> PeersSeen { bothPeers[Int(direction.rawValue)] }
  }

  package let ground: ChannelGround
  /// Two places, since every message that is sent comes by here.
  private let directions = Mutex<(DirectionFolder?, DirectionFolder?)>((nil, nil))
  private let windows = Mutex<(DirectionWindow?, DirectionWindow?)>((nil, nil))

  private init(_ ground: ChannelGround) {
    self.ground = ground
  }

  package var path: String { ground.path }
  package var directory: Directory { ground.directory }
  package var key: ChannelKey { ground.key }
  package var boot: UniqueID { ground.boot }
  package var fileSystem: FileSystemKind { ground.fileSystem }

  /// What keeps this process from writing here, so that it could only look on; nil when nothing does. Nothing is made to
  /// find that out.
  package func writingObstacle() -> ChannelError? {
    ground.obstacle ?? ChannelMaker(calls: ground.options.calls, time: ground.options.clock()).obstacle(in: directory)
  }

  /// Whether the channel's path leads to this very directory.
  package func isStillThere() -> Bool { ground.isStillThere() }

  /// Opens the channel at a path. One that is missing is made whole aside and renamed into place; of one that is there
  /// only what is missing is made, and nothing is touched that has a name already.
  ///
  /// Whoever must not wait for a disk has no channel made, whatever the options say.
  package static func open(
    _ path: String,
    options: Options,
    mayMake: Bool = true
  ) throws(ChannelError) -> ChannelFolder {
    let path = try bare(path)
    // Again after it was made; and whoever removes it meanwhile does so only so often.
    for _ in 0..<8 {
      let directory: Directory
      do {
        directory = try Directory.open(path, calls: options.calls)
      } catch .system(let error) where error.code == ENOENT {
        guard options.creates, mayMake, !options.isOnlyLookedAt else { throw noChannel(at: path) }
        try make(at: path, options)
        continue
      } catch {
        throw ChannelError(error, at: path)
      }
      return ChannelFolder(try ground(of: directory, at: path, options, mayMake))
    }
    throw ChannelError(.noChannel, at: path, "is removed again and again while it is opened")
  }

  private static func make(at path: String, _ options: Options) throws(ChannelError) {
    do throws(ChannelError) {
      try ChannelMaker(calls: options.calls, time: options.clock()).make(at: path)
    } catch  where options.mayMonitor && error.isOfLackingRights {
      // Who looked on until it was removed waits for it, as all do who may not make one.
      let what = "there is no channel here, and this program may make none: \(error.what)"
      throw ChannelError(.noChannel, at: path, what, hint: error.hint)
    }
  }

  private static func ground(
    of directory: Directory,
    at path: String,
    _ options: Options,
    _ mayMake: Bool
  ) throws(ChannelError) -> ChannelGround {
    let maker = ChannelMaker(calls: options.calls, time: options.clock())
    if !options.creates || !mayMake || options.isOnlyLookedAt {
      guard try maker.isChannel(directory) else { throw noChannel(at: path) }
    }
    let access = try maker.access(to: directory, options)
    var options = options
    options.isOnlyLookedAt = access.isOnlyLookedAt
    let (boot, fileSystem) = try ChannelError.calls(at: path) { () throws(SystemError) in
      let boot = if let boot = options.boot { boot } else { UniqueID(try BootIdentity.current().bytes) }
      return (boot, try directory.fileSystem())
    }
    let hidden = try? directory.subdirectory(ChannelLayout.hidden)
    let made = try? hidden?.facts(of: ChannelLayout.Hidden.key)?.stamp.modified
    return ChannelGround(
      path: path,
      directory: directory,
      key: access.key,
      boot: boot,
      fileSystem: fileSystem,
      made: made.map { WallTime($0) },
      options: options,
      obstacle: access.obstacle,
      isBare: access.isBare
    )
  }

  /// One of its two directions, opened the first time that it is asked for.
  package func direction(_ direction: Direction) throws(ChannelError) -> DirectionFolder {
    // Made within the lock: there is one journal for all threads, or its flock would exclude nobody.
    try directions.withLock { directions throws(ChannelError) in
      let known = direction == .backendToFrontend ? directions.0 : directions.1
      if let known { return known }
      let opened = try DirectionFolder(direction, of: ground)
      switch direction {
      case .backendToFrontend: directions.0 = opened
      case .frontendToBackend: directions.1 = opened
      }
      return opened
    }
  }

  /// The window of a direction, made the first time that it is asked for: there is one for all threads, as with the
  /// journal.
  package func window(_ direction: Direction) throws(ChannelError) -> DirectionWindow {
    let folder = try self.direction(direction)
    return windows.withLock { windows in
      let known = direction == .backendToFrontend ? windows.0 : windows.1
      if let known { return known }
      let made = DirectionWindow(folder)
      switch direction {
      case .backendToFrontend: windows.0 = made
      case .frontendToBackend: windows.1 = made
      }
      return made
    }
  }

  private static func bare(_ path: String) throws(ChannelError) -> String {
    var bare = Substring(path)
    while bare.utf8.count > 1, bare.last == "/" { bare.removeLast() }
    guard !bare.isEmpty, bare != "/", !bare.utf8.contains(0) else {
      throw ChannelError(.misuse, at: path, "names no channel", hint: "give the path of the channel's directory")
    }
    return String(bare)
  }

  private static func noChannel(at path: String) -> ChannelError {
    ChannelError(.noChannel, at: path, "there is no channel here")
  }

  package static let wallClock: @Sendable () -> WallTime = {
    WallTime(FileTime.now())
  }
}
