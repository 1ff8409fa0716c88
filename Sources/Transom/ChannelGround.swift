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
  /// When the channel got its key.
  package let made: WallTime
  package let options: ChannelFolder.Options

  init(
    path: String,
    directory: Directory,
    key: ChannelKey,
    boot: UniqueID,
    fileSystem: FileSystemKind,
    made: WallTime,
    options: ChannelFolder.Options
  ) {
    self.path = path
    self.directory = directory
    self.key = key
    self.boot = boot
    self.fileSystem = fileSystem
    self.made = made
    self.options = options
  }

  /// Whether 1.0 programs that opened it at the same time may still be at it.
  func wasJustMade(at now: WallTime) -> Bool { !now.isApart(from: made, milliseconds: 1_000) }

  /// Whether the channel's path leads to this very directory.
  package func isStillThere() -> Bool { directory.isStillAtItsPath() }
}
