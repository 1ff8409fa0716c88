// What the kinds of reader have in common.

internal import ChannelModel

/// Reads the messages of one direction one after the other; the kinds differ in who keeps the place.
protocol MessageReader: AnyObject, Sendable {
  /// What comes next, nil when a look of that depth finds nothing; never waits.
  func tryNext(_ depth: LookDepth) throws(ChannelError) -> Delivered?
  /// The gaps behind which no message came yet.
  func takeGaps() -> [GapNotice]
  func acknowledge(_ ticket: Delivered.Ticket) throws(ChannelError)
  /// Whether the next acknowledgement may wait for a lock.
  var acknowledgingMayWait: Bool { get }
  /// When `saveIfDue` is to be called.
  var savesAt: Moment? { get }
  func saveIfDue(at now: Moment) throws(ChannelError)
  /// When to look again though the journal did not grow.
  var looksAgainAt: Moment? { get }
  /// Writes the place and gives up the name; a lock is waited for until then at most.
  func close(until deadline: Moment) throws(ChannelError)
}

extension DurableReader: MessageReader {
  var acknowledgingMayWait: Bool { false }
  var looksAgainAt: Moment? { nil }
  func close(until deadline: Moment) throws(ChannelError) { try close() }
}

extension GroupMember: MessageReader {}

extension UnnamedReader: MessageReader {
  /// Its place is where it is.
  func acknowledge(_ ticket: Delivered.Ticket) {}
  var acknowledgingMayWait: Bool { false }
  var savesAt: Moment? { nil }
  func saveIfDue(at now: Moment) {}
  var looksAgainAt: Moment? { nil }
  func close(until deadline: Moment) throws(ChannelError) { try close() }
}
