// How a handler tells of itself.

internal import ChannelModel
internal import ChannelSockets
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

  /// Tells what a program wrote to its standard error.
  func tell(_ bytes: [UInt8], of pid: Int32, into errors: inout ErrorLines) {
    if let (lines, unsaid) = errors.take(bytes, telling: allowance) {
      tell(.wrote(pid: pid, lines: lines, unsaid: unsaid))
    }
  }

  /// Tells the rest of it, and that the program has ended.
  func tellEnd(_ end: ChildEnd, of pid: Int32, into errors: inout ErrorLines) {
    if let (lines, unsaid) = errors.finish(telling: allowance) {
      tell(.wrote(pid: pid, lines: lines, unsaid: unsaid))
    }
    tell(.ended(pid: pid, end))
  }
}
