// A file's version as the rules of the channel know it.

package import ChannelModel
package import LinuxIO

extension FileState {
  package init(_ stamp: FileStamp) {
    self.init(
      device: stamp.device,
      inode: stamp.inode,
      size: UInt64(clamping: stamp.size),
      seconds: stamp.modified.seconds,
      nanoseconds: UInt32(clamping: stamp.modified.nanoseconds)
    )
  }
}
