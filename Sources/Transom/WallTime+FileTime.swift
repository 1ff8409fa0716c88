// A file's time as the rules of the channel count it.

internal import ChannelModel
internal import LinuxIO

extension WallTime {
  /// Saturates at both ends: nobody sends messages before 1970, and a file may be dated centuries ahead.
  init(_ time: FileTime) {
    let (whole, isTooFar) = UInt64(max(0, time.seconds)).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isOver) = whole.addingReportingOverflow(UInt64(max(0, time.nanoseconds)))
    self.init(nanoseconds: isTooFar || isOver ? .max : sum)
  }
}

extension FileTime {
  init(_ time: WallTime) {
    let (seconds, nanoseconds) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    self.init(seconds: Int64(seconds), nanoseconds: Int64(nanoseconds))
  }
}
