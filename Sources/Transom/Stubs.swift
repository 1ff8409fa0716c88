import ChannelModel
import LinuxIO
final class ChannelFolder: Sendable {
  struct Options: Sendable { init() {}; var clock: @Sendable () -> WallTime = { WallTime(nanoseconds: 0) } }
  static func open(_ p: String, options: Options) throws(ChannelError) -> ChannelFolder { fatalError() }
  func direction(_ d: Direction) throws(ChannelError) -> DirectionFolder { fatalError() }
  func isStillThere() -> Bool { true }
  var directory: Directory { fatalError() }
  var key: ChannelKey { fatalError() }
}
extension ChannelFolder.Options { init(_ o: ChannelOptions) { self.init() } }
final class DirectionFolder: Sendable { var log: Journal { fatalError() }; var journal: Directory { fatalError() }; var key: ChannelKey { fatalError() } }
final class Journal: Sendable {
  struct Appended: Sendable { let numbers: ClosedRange<SequenceNumber> }
  enum Attempt { case appended(Appended), lockIsBusy, full(laggard: String, lag: UInt64) }
  func tryAppend(_ d: [JournalDraft], for: Retention.Purpose = .sending, registering: (ClosedRange<SequenceNumber>) -> Void = {_ in}) throws(ChannelError) -> Attempt { fatalError() }
  func append(_ d: [JournalDraft], for: Retention.Purpose = .sending, until: Moment, registering: (ClosedRange<SequenceNumber>) -> Void = {_ in}) throws(ChannelError) -> Appended { fatalError() }
  func flush(_ a: Appended) throws(ChannelError) {}
  func segments() throws(ChannelError) -> [SequenceNumber] { [] }
  func tailNumber() throws(ChannelError) -> SequenceNumber { .none }
}
extension JournalDraft { static func own(_ b: [UInt8]) -> JournalDraft { .message(b) } }
final class JournalReader {
  init(_ f: DirectionFolder, after: SequenceNumber) {}
  struct Stretch { let bytes: [UInt8]; let records: [JournalRecord]; let gap: GapNotice? }
  func next() throws(ChannelError) -> Stretch? { nil }
  func reopen(_ f: DirectionFolder) {}
}
enum WatchChange: Sendable { case journal(Direction), directory, everything }
protocol WatchedChannel: AnyObject, Sendable { func noticed(_ change: WatchChange) }
final class Watcher: Sendable {
  enum Manner: Sendable { case automatic, polling }
  enum Sight { case x }
  final class Timer: Sendable {}
  static func shared() -> Watcher { fatalError() }
  func add(_ c: any WatchedChannel) -> ChannelNumber { fatalError() }
  func watch(_ n: ChannelNumber, journal: Directory, of: Direction, by: Manner) throws(ChannelError) {}
  func watch(_ n: ChannelNumber, channel: Directory, by: Manner) throws(ChannelError) {}
  func remove(_ n: ChannelNumber) {}
  func sight(of: ChannelNumber) -> Sight { .x }
  func schedule(at: Moment, _ d: @escaping @Sendable () -> Void) -> Timer { fatalError() }
  func wait(until: Moment?, for c: () -> Bool) -> Bool { true }
  func wakeWaiters() {}
  var isDrivingThread: Bool { false }
  var now: Moment { Moment(nanoseconds: 0) }
  var executor: any TaskExecutor { fatalError() }
}
extension Watcher.Manner { init(_ w: ChannelOptions.Watching) { self = .automatic } }
struct HelperThreads { static let shared = HelperThreads(); func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R { try body() } }
class StubReader: MessageReader, @unchecked Sendable {
  func tryNext() throws(ChannelError) -> Delivered? { nil }
  func acknowledge(_ number: SequenceNumber) throws(ChannelError) {}
  func close() {}
}
enum Start { case new, start, after(SequenceNumber) }
final class UnnamedReader: StubReader, @unchecked Sendable { static func open(in: DirectionFolder, from: Start) throws(ChannelError) -> UnnamedReader { fatalError() } }
final class DurableReader: StubReader, @unchecked Sendable { static func open(_ n: ReaderName, in: DirectionFolder, from: Start, saving: CursorSaving) throws(ChannelError) -> DurableReader { fatalError() } }
final class GroupMember: StubReader, @unchecked Sendable { static func open(_ n: ReaderName, in: DirectionFolder, from: Start, lease: Duration?) throws(ChannelError) -> GroupMember { fatalError() } }
