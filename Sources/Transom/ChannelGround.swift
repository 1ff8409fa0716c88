// What all parts of an opened channel stand on.

package import ChannelModel
package import LinuxIO

/// The channel's directory as it was opened, its key, and how this process treats it.
package final class ChannelGround: Sendable {
  package let path: String
  package let directory: Directory
  package let key: ChannelKey
  package let boot: UniqueID
  package let fileSystem: FileSystemKind
  /// When the channel got its key; nil where that cannot be asked.
  package let made: WallTime?
  /// As they hold for this channel: one where nothing may be written is only looked at.
  package let options: ChannelFolder.Options
  /// What keeps us from writing here; nil when nothing does, or when nobody tried.
  package let obstacle: ChannelError?
  /// Whether only 1.0 programs have used it; then its key is made up.
  package let isBare: Bool

  init(
    path: String,
    directory: Directory,
    key: ChannelKey,
    boot: UniqueID,
    fileSystem: FileSystemKind,
    made: WallTime?,
    options: ChannelFolder.Options,
    obstacle: ChannelError? = nil,
    isBare: Bool = false
  ) {
    self.path = path
    self.directory = directory
    self.key = key
    self.boot = boot
    self.fileSystem = fileSystem
    self.made = made
    self.options = options
    self.obstacle = obstacle
    self.isBare = isBare
  }

  /// Whether 1.0 programs that opened it at the same time may still be at it.
  func wasJustMade(at now: WallTime) -> Bool {
    made.map { !now.isApart(from: $0, milliseconds: 1_000) } ?? false
  }

  /// Whether a program of ours has come to a channel that only 1.0 programs had used.
  func hasCeasedToBeBare() -> Bool {
    guard isBare else { return false }
    // What keeps it from being told by its key is told when it is opened.
    return (try? ChannelMaker(calls: options.calls, time: options.clock()).key(of: directory)) != nil
  }

  /// Whether the channel's path leads to this very directory.
  package func isStillThere() -> Bool { directory.isStillAtItsPath() }
}
