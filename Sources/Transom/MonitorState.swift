// What a monitor holds while it reads.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// The journal and the window of a direction as one stream; its owner guards it against other threads.
struct MonitorState {
  /// A new element of a window, on its way.
  private struct Direct {
    let identity: ElementIdentity
    let draft: JournalDraft
    /// What is missing before it.
    var gap: GapNotice?
  }

  private(set) var folder: DirectionFolder
  private let isWanted: (@Sendable (Message) -> Bool)?
  /// By what messages of ours are known in the window, and foreign ones remembered.
  private var ids: OwnIDs
  /// Nil where only 1.0 programs have been.
  private var stream: RecordStream?
  private var view: MonitorView
  private var window: MonitoredWindow
  /// What lay in the journal at the beginning, up to here, is delivered as it stands.
  private var old: SequenceNumber
  /// New elements of a window, the next one last.
  private var direct: [Direct] = []
  private var owedGaps = OwedGaps()
  private var recordsSinceLook = 0
  var looksAgainAt: Moment?
  var isClosed = false

  init(_ folder: DirectionFolder, _ start: MonitorStart, isWanted: (@Sendable (Message) -> Bool)?) {
    self.folder = folder
    self.isWanted = isWanted
    ids = OwnIDs(key: folder.key, direction: folder.direction)
    stream = folder.ground.isBare ? nil : RecordStream(folder, of: start.journal, after: start.after)
    view = start.view
    window = MonitoredWindow(folder.direction)
    old = start.old
  }

  /// Goes on in the folder that the channel has open now: a program of ours has come to one that had none, and whatever its
  /// journal holds came since.
  mutating func goOn(in anew: DirectionFolder) {
    guard anew !== folder else { return }
    folder = anew
    ids = OwnIDs(key: anew.key.remembering(as: ids.key), direction: anew.direction)
    window.forget()
    if !anew.ground.isBare { stream = RecordStream(anew, of: nil, after: .none) }
  }

  // MARK: The next message

  /// What comes next in the journal. What was met in the window and is on its way comes here where the journal has it, so
  /// that each writer's order stays as it was taken in.
  mutating func nextOfJournal(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
    while let record = try stream?.peek(depth) {
      takeGapsOfStream()
      recordsSinceLook += 1
      let message = record.kind.carriesMessage && isToCome(record) ? stream?.message() : nil
      stream?.advance()
      guard let message, isWanted?(message) ?? true else { continue }
      takeGapsOfStream()
      return Delivered(
        message: message,
        kind: record.kind,
        time: record.time,
        ticket: Delivered.Ticket(number: record.sequenceNumber, epoch: stream?.epoch ?? 0),
        gaps: owedGaps.take(),
        isRedelivered: false
      )
    }
    takeGapsOfStream()
    return nil
  }

  /// Whether anything of a window is on its way.
  var hasDirect: Bool { !direct.isEmpty }

  /// What comes next of the window, once the journal is at its end: what had left the window before it was read is there.
  mutating func nextOfWindow() -> Delivered? {
    while let next = direct.popLast() {
      if let gap = next.gap { owedGaps.note(gap) }
      guard let message = RecordStream.message(in: next.draft.content.span), isWanted?(message) ?? true else {
        continue
      }
      return Delivered(
        message: message,
        kind: next.draft.kind,
        time: folder.options.clock(),
        // It has no number as long as nobody gave it one.
        ticket: Delivered.Ticket(number: .none, epoch: 0),
        gaps: owedGaps.take(),
        isRedelivered: false
      )
    }
    return nil
  }

  private mutating func isToCome(_ record: JournalRecord) -> Bool {
    guard case .shown(let identity) = verdict(on: record) else { return true }
    // At that window it was judged what was missing before it.
    owedGaps.forget(.windowOverrun)
    guard let place = direct.lastIndex(where: { $0.identity == identity }) else { return false }
    if let gap = direct.remove(at: place).gap { owedGaps.note(gap) }
    return true
  }

  private mutating func verdict(on record: JournalRecord) -> MonitorView.Verdict {
    if record.kind == .message { return view.meet(record.sequenceNumber) }
    if record.sequenceNumber <= old, stream?.epoch == 0 { return .new }
    // What is damaged is told by who reads it.
    guard let content = stream?.content, let index = try? MessageIndex(element: content) else { return .new }
    if record.kind == .recovered, let number = ids.number(of: index, in: content) { return view.meet(number) }
    return view.meet(ForeignTraits(index, in: content), ids.key)
  }

  private mutating func takeGapsOfStream() {
    for gap in stream?.takeGaps() ?? [] { owedGaps.note(gap) }
  }

  mutating func takeGaps() -> [GapNotice] { owedGaps.take() }

  // MARK: The window

  /// So many records are taken from the journal before the window has its turn though that is not at its end.
  private static let turnCount = 1_024

  /// What comes next of the window when the journal has no end.
  mutating func nextInTurn() -> Delivered? {
    guard recordsSinceLook >= Self.turnCount else { return nil }
    if direct.isEmpty { lookAtWindow() }
    let delivered = nextOfWindow()
    recordsSinceLook = direct.isEmpty ? 0 : Self.turnCount
    return delivered
  }

  private static let pauseAfterError = Duration.seconds(1)
  private static let patience = Duration.milliseconds(20)
  private static let pause = Duration.microseconds(200)

  /// Takes what is new in the window. What keeps it from being read keeps nobody from reading the journal, and is told.
  mutating func lookAtWindow() {
    recordsSinceLook = 0
    do throws(ChannelError) {
      switch try look() {
      case .known(let again): lookAgain(after: again)
      case .empty(let again):
        view.sawNone()
        lookAgain(after: again)
      case .seen(let seen, let mayHoldLostRecords, let again):
        lookAgain(after: again)
        take(view.take(seen.identities, last: stream?.last ?? .none, mayHoldLostRecords: mayHoldLostRecords), of: seen)
      }
    } catch {
      folder.options.troubles.tell(error)
      lookAgain(after: Self.pauseAfterError)
    }
  }

  private mutating func take(_ plan: Import, of seen: SeenWindow) {
    var found = plan.items.compactMap { item -> Direct? in
      guard let identity = seen.identities[item.place] else { return nil }
      let bytes = Array(seen.window.bytes[seen.window.elements[item.place].range])
      return Direct(identity: identity, draft: .message(bytes, kind: item.kind))
    }
    if found.isEmpty {
      if let gap = plan.gap { owedGaps.note(gap) }
    } else {
      found[0].gap = plan.gap
    }
    direct = found.reversed() + direct
  }

  /// What lies in the window was sent before.
  mutating func passWindow() {
    let end = Moment.now.advanced(by: Self.patience)
    do throws(ChannelError) {
      while true {
        switch try look(isImpatient: Moment.now >= end) {
        case .known(.some) where Moment.now < end:
          KernelClock.pause(Self.pause)
          continue
        case .known(let again): lookAgain(after: again)
        case .empty(let again):
          view.sawNone()
          lookAgain(after: again)
        case .seen(let seen, _, let again):
          view.began(with: seen.identities)
          lookAgain(after: again)
        }
        return
      }
    } catch {
      folder.options.troubles.tell(error)
      lookAgain(after: Self.pauseAfterError)
    }
  }

  private mutating func look(isImpatient: Bool = false) throws(ChannelError) -> MonitoredWindow.Look {
    let found = try window.look(in: folder, as: ids, isImpatient: isImpatient)
    // Messages of ours are in a window only when their channel has its key: what was read behind that is read again as
    // what it is.
    guard folder.ground.hasCeasedToBeBare() else { return found }
    window.forget()
    return .known(lookAgain: Self.patience)
  }

  private mutating func lookAgain(after pause: Duration?) {
    looksAgainAt = pause.map { Moment.now.advanced(by: $0) }
  }
}
