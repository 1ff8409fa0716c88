// How a handler tells of itself.

internal import ChannelModel
internal import Transom

/// Tells notices, and of those that programs bring about not more than somebody can read.
final class HandlerVoice {
  /// So many lines of programs are told in a second.
  private static let linesPerSecond = 20

  private let told: (HandlerNotice) -> Void
  private var second = Moment(nanoseconds: 0)
  private var used = 0

  init(_ told: @escaping (HandlerNotice) -> Void) {
    self.told = told
  }

  func tell(_ notice: HandlerNotice) {
    told(notice)
  }

  /// How many of so many lines may be told now.
  func allowance(_ wanted: Int) -> Int {
    let now = Moment.now
    if now.duration(since: second) >= .seconds(1) {
      second = now
      used = 0
    }
    let granted = min(wanted, Self.linesPerSecond - used)
    used += granted
    return granted
  }

  /// Tells what a program wrote to its standard error, where there is anything to be told.
  func tell(_ written: (lines: [String], unsaid: Int)?, of pid: Int32) {
    if let (lines, unsaid) = written { tell(.wrote(pid: pid, lines: lines, unsaid: unsaid)) }
  }
}
