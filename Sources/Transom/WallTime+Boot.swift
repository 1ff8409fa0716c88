// When the machine was started.

internal import ChannelModel
internal import LinuxIO

extension WallTime {
  /// When this machine was started, by its clock as it stands now.
  static var ofBoot: WallTime {
    let (now, running) = (WallTime(FileTime.now()), Moment.now)
    return WallTime(nanoseconds: now.nanoseconds - min(now.nanoseconds, running.nanoseconds))
  }
}
