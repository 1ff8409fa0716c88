// A reader that changes nothing.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Reads a direction where nothing may be written: the journal, and beside it what 1.0 programs put into the window and
/// nobody has taken into the journal yet.
///
/// It takes no lock, shows itself nowhere and makes nothing: no segment is kept for it, and when one went before it came a
/// gap is told.
final class MonitorReader: Sendable {
  /// The direction's folder as the channel has it open now.
  typealias Source = @Sendable () throws(ChannelError) -> DirectionFolder

  private let source: Source
  private let state: Mutex<MonitorState>

  /// Begins at once. While somebody is just about to publish it waits for that, on the calling thread: what lies in the
  /// window now is not new.
  static func open(
    in folder: DirectionFolder,
    start: ReaderRegistry.Start,
    from source: @escaping Source,
    isWanted: (@Sendable (Message) -> Bool)? = nil
  ) throws(ChannelError) -> MonitorReader {
    let begin = folder.ground.isBare ? MonitorStart() : try MonitorStart(start, in: folder)
    return MonitorReader(in: folder, begin, passesWindow: start != .start, from: source, isWanted: isWanted)
  }

  private init(
    in folder: DirectionFolder,
    _ start: MonitorStart,
    passesWindow: Bool,
    from source: @escaping Source,
    isWanted: (@Sendable (Message) -> Bool)?
  ) {
    self.source = source
    var state = MonitorState(folder, start, isWanted: isWanted)
    if passesWindow { state.passWindow() }
    self.state = Mutex(state)
  }
}

extension MonitorReader: MessageReader {
  func tryNext(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
    try state.withLock { state throws(ChannelError) in
      guard !state.isClosed else { throw ChannelError(.closed, at: state.folder.path, "the reader was closed") }
      guard depth == .thorough else { return try state.next(depth) }
      if state.folder.ground.isBare { state.goOn(in: try source()) }
      if state.isWindowDue { state.lookAtWindow() }
      if let delivered = try state.next(depth) { return delivered }
      if !state.isHolding {
        state.lookAtWindow()
        if let delivered = try state.next(depth) { return delivered }
      }
      try state.lookForJournal()
      return nil
    }
  }

  func takeGaps() -> [GapNotice] { state.withLock { $0.takeGaps() } }

  /// When the window is looked at again though nothing was told of it.
  var looksAgainAt: Moment? { state.withLock { $0.looksAgainAt } }

  /// Its place is where it is.
  func acknowledge(_ ticket: Delivered.Ticket) {}
  var acknowledgingMayWait: Bool { false }
  var savesAt: Moment? { nil }
  func saveIfDue(at now: Moment) {}

  func close(until deadline: Moment) {
    state.withLock { $0.isClosed = true }
  }
}
