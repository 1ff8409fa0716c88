// What a monitor holds while it reads.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// The journal and the window of a direction as one stream; its owner guards it against other threads.
struct MonitorState {
  /// A window that was read, until the journal has been read as far as it went then: what had left the window before is
  /// there, and so is what others took in of it.
  private struct Held {
    let window: SeenWindow
    let mayHoldLostRecords: Bool
    let journalEnd: JournalPlace?
    /// So long it is held when something is missing before it: somebody may have read what that is, and be about to take
    /// it in.
    let missingUntil: Moment
    var isMissingSome = false
  }

  private static let gapPatience = Duration.milliseconds(100)

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
  private var held: Held?
  /// Nobody took in what was missing before the last one: in a flood to wait again would cost the next one as well.
  private var wasHeldInVain = false
  /// New elements of a window, the next one last.
  private var direct: [JournalDraft] = []
  /// Those before them; what is missing in the journal its stream says.
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
    // Another channel is gone on in by a reader of its own.
    guard anew !== folder,
      anew.ground.directory.factsAtOpening.stamp.isSameFile(as: folder.ground.directory.factsAtOpening.stamp)
    else { return }
    folder = anew
    ids = OwnIDs(key: anew.key.remembering(as: ids.key), direction: anew.direction)
    window.forget()
    held = nil
    if !anew.ground.isBare { stream = RecordStream(anew, of: nil, after: .none) }
  }

  // MARK: The next message

  /// What comes next of what was found in the journal and the window so far.
  mutating func next(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
    while true {
      if let delivered = nextDirect() { return delivered }
      if isHeldDue, takeHeld() { continue }
      guard let record = try stream?.peek(depth) else {
        // A glance may not have seen all.
        guard depth == .thorough, takeHeld() else { return nil }
        continue
      }
      recordsSinceLook += 1
      let message = record.kind.carriesMessage && isNew(record) ? stream?.message() : nil
      stream?.advance()
      guard let message, isWanted?(message) ?? true else { continue }
      let ticket = Delivered.Ticket(number: record.sequenceNumber, epoch: stream?.epoch ?? 0)
      return delivered(message, record.kind, record.time, ticket)
    }
  }

  private mutating func nextDirect() -> Delivered? {
    while let draft = direct.popLast() {
      guard let message = RecordStream.message(in: draft.content.span), isWanted?(message) ?? true else { continue }
      // It has no number as long as nobody gave it one.
      let ticket = Delivered.Ticket(number: .none, epoch: 0)
      return delivered(message, draft.kind, folder.options.clock(), ticket)
    }
    return nil
  }

  private mutating func delivered(
    _ message: consuming Message,
    _ kind: JournalRecord.Kind,
    _ time: WallTime,
    _ ticket: Delivered.Ticket
  ) -> Delivered {
    Delivered(message: message, kind: kind, time: time, ticket: ticket, gaps: takeGaps(), isRedelivered: false)
  }

  private mutating func isNew(_ record: JournalRecord) -> Bool {
    guard case .shown = verdict(on: record) else { return true }
    // At that window it was judged what was missing before it.
    stream?.forgetGaps(.windowOverrun)
    return false
  }

  private mutating func verdict(on record: JournalRecord) -> MonitorView.Verdict {
    if record.kind == .message { return view.meet(record.sequenceNumber) }
    if record.sequenceNumber <= old, stream?.epoch == 0 { return .new }
    // What is damaged is told by who reads it.
    guard let content = stream?.content, let index = try? MessageIndex(element: content) else { return .new }
    if record.kind == .recovered, let number = ids.number(of: index, in: content) { return view.meet(number) }
    return view.meet(ForeignTraits(index, in: content), ids.key)
  }

  mutating func takeGaps() -> [GapNotice] { owedGaps.take() + (stream?.takeGaps() ?? []) }

  /// Nobody tells of the end of a directory that somebody holds open: until what was removed is there again it is looked
  /// for now and then.
  mutating func lookForJournal() throws(ChannelError) {
    // Where only 1.0 programs are there is no journal, by whose end that of the directory is noticed.
    if folder.ground.isBare { return lookAgainSooner(after: Self.pauseWhileBare) }
    let journal = folder.journal
    guard (try? journal.facts().links) == 0 else { return }
    guard folder.ground.isStillThere() else {
      throw ChannelError(.closed, at: folder.path, "the channel's directory was removed, moved or replaced")
    }
    lookAgainSooner(after: MonitoredWindow.pauseWhileMissing)
  }

  private static let pauseWhileBare = Duration.seconds(1)

  private mutating func lookAgainSooner(after pause: Duration) {
    let next = Moment.now.advanced(by: pause)
    looksAgainAt = looksAgainAt.map { min($0, next) } ?? next
  }

  // MARK: The window

  /// Whether the window has its turn though the journal is not at its end.
  var isWindowDue: Bool { recordsSinceLook >= Self.turnCount && held == nil }

  private static let turnCount = 1_024
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
        // Where it cannot be told the journal is read until nothing more comes; what is wrong with it is told by that.
        held = Held(
          window: seen,
          mayHoldLostRecords: mayHoldLostRecords,
          journalEnd: try? journalEnd(),
          missingUntil: Moment.now.advanced(by: folder.ground.isBare ? .zero : Self.gapPatience)
        )
      }
    } catch {
      folder.options.troubles.tell(error)
      lookAgain(after: Self.pauseAfterError)
    }
  }

  private func journalEnd() throws(ChannelError) -> JournalPlace? {
    folder.ground.isBare ? nil : try DirectionWindow.journalEnd(of: folder)
  }

  /// Whether a window is held.
  var isHolding: Bool { held != nil }

  /// Whether the journal was read as far as it went when the window was.
  private var isHeldDue: Bool {
    guard let held, let stream, let end = held.journalEnd, stream.hasPassed(end) else { return false }
    return !held.isMissingSome || Moment.now >= held.missingUntil
  }

  /// Takes what is new in the window that is held; false when there is none, or it is still held.
  private mutating func takeHeld() -> Bool {
    guard let held else { return false }
    let content = held.window.identities
    let last = stream?.last ?? .none
    let plan = view.plan(content, last: last, mayHoldLostRecords: held.mayHoldLostRecords)
    if plan.gap != nil, !wasHeldInVain, Moment.now < held.missingUntil {
      self.held?.isMissingSome = true
      looksAgainAt = held.missingUntil
      return false
    }
    self.held = nil
    wasHeldInVain = plan.gap != nil
    view.take(plan, of: content)
    if let gap = plan.gap { owedGaps.note(gap) }
    let window = held.window.window
    direct = plan.items.reversed().map { item in
      .message(Array(window.bytes[window.elements[item.place].range]), kind: item.kind)
    }
    return true
  }

  /// What lies in the window was sent before.
  mutating func passWindow() {
    let end = Moment.now.advanced(by: Self.patience)
    do throws(ChannelError) {
      while true {
        switch try window.look(in: folder, as: ids, isImpatient: Moment.now >= end) {
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

  private mutating func look() throws(ChannelError) -> MonitoredWindow.Look {
    let found = try window.look(in: folder, as: ids)
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
