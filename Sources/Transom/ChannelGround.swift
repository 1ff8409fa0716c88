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
  package let options: ChannelFolder.Options

  init(
    path: String,
    directory: Directory,
    key: ChannelKey,
    boot: UniqueID,
    fileSystem: FileSystemKind,
    options: ChannelFolder.Options
  ) {
    self.path = path
    self.directory = directory
    self.key = key
    self.boot = boot
    self.fileSystem = fileSystem
    self.options = options
  }

  /// Whether the channel's path leads to this very directory.
  package func isStillThere() -> Bool { directory.isStillAtItsPath() }
}
