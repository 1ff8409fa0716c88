// A file's version as the rules of the channel know it.

internal import ChannelModel
internal import LinuxIO

extension FileState {
  init(_ stamp: FileStamp) {
    self.init(
      device: stamp.device,
      inode: stamp.inode,
      size: UInt64(clamping: stamp.size),
      seconds: stamp.modified.seconds,
      nanoseconds: UInt32(clamping: stamp.modified.nanoseconds)
    )
  }
}

extension WallTime {
  /// When this machine was started, by its clock as it stands now.
  static var ofBoot: WallTime {
    let (now, running) = (WallTime(FileTime.now()), Moment.now)
    return WallTime(nanoseconds: now.nanoseconds - min(now.nanoseconds, running.nanoseconds))
  }
}
