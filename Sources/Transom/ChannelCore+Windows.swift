// What a process does for the windows of a channel that it uses.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

extension ChannelCore {
  func window(_ direction: Direction) throws(ChannelError) -> DirectionWindow { try folder().window(direction) }

  /// The window of the channel as it is open now; nil when nothing is, and then there is nothing to do for it.
  func openWindow(_ direction: Direction) -> DirectionWindow? {
    guard let folder = state.withLock({ $0.folder }) else { return nil }
    // What keeps it from being opened is told by whoever reads or sends.
    return try? folder.window(direction)
  }

  // MARK: Importing

  /// Another window stands there: what is foreign in it is taken in by who reads the direction; who writes it sees to it
  /// that nothing of ours was lost from it.
  func windowChanged(_ direction: Direction) {
    if state.withLock({ $0.watched.contains(direction) }) {
      takeIn(direction)
    } else if state.withLock({ $0.written.contains(direction) }),
      // What cannot be looked at is told by the next to send.
      (try? openWindow(direction)?.mayBeForeign()) == true
    {
      tendSoon(direction)
    }
  }

  /// Whether a 1.0 program has written so short a time ago that its next message is likely: then who looks at the journal
  /// without having been told looks at the window as well.
  func expectsForeign(_ direction: Direction) -> Bool {
    let last = lastImports[Int(direction.rawValue)].load()
    return last > 0 && Moment.now.duration(since: Moment(nanoseconds: last)) < .seconds(1)
  }

  /// Takes in what is new when another file stands in the window's place than the one that was read last; of one that is
  /// written in place there is a notice.
  func takeInIfReplaced(_ direction: Direction) {
    // What keeps it from being looked at is told after the notice.
    guard let window = openWindow(direction), let stamp = (try? window.facts())?.stamp else { return }
    if window.importer.lastStamp != stamp { takeIn(direction, standing: stamp) }
  }

  /// Windows larger than this are read by a helper thread.
  private static let highestInlineByteCount: Int64 = 1 << 20
  /// So long after a change a file's state says that it has not changed since; and between two looks at a lock.
  private static let settling = WindowTrust.settling + .milliseconds(2)
  private static let lockPause = Duration.microseconds(200)

  /// Takes in what 1.0 programs wrote before anybody here reads. Nobody is told.
  ///
  /// Here a caller of any thread waits, 20 ms at most and mostly not at all, as with a monitor: readers begin behind it.
  func takeInFirst(_ direction: Direction) {
    guard let window = openWindow(direction), !isMonitor else { return }
    do throws(ChannelError) {
      // Somebody may hold the journal's lock, for the length of an append.
      for _ in 0..<100 {
        guard try window.mayBeForeign(), case .busy = try window.importer.importAtOnce() else { break }
        KernelClock.pause(Self.lockPause)
      }
    } catch {
      options.troubles.tell(error)
    }
    openWindow(direction)?.importer.begin()
    // What is half written, and what may have changed since.
    takeInAgain(direction, after: Self.settling)
  }

  /// Takes in what 1.0 programs wrote, and tells those who read; to be called on the thread that notices changes. Never
  /// waits: what takes waiting is looked at again.
  ///
  /// `stamp` is the window's as it was seen a moment ago; nil when nobody has looked.
  func takeIn(_ direction: Direction, standing stamp: FileStamp? = nil) {
    if isMonitor { return wakeMonitors(direction) }
    guard isUsed(), let window = openWindow(direction) else { return }
    do throws(ChannelError) {
      switch try window.lookAtRest(stamp) {
      case .known: break
      case .changing where !hasWaited(direction): takeInAgain(direction, after: Self.lockPause)
      case .foreign(let byteCount) where byteCount > Self.highestInlineByteCount,
        .changing(let byteCount) where byteCount > Self.highestInlineByteCount:
        takeInElsewhere(direction, window)
      case .foreign(let byteCount), .changing(let byteCount):
        finish(try window.importer.importAtOnce(.window, of: byteCount), direction)
      }
    } catch {
      options.troubles.tell(error)
    }
  }

  /// Whether somebody has been about to change the window for so long that he must be stopped, or waits himself: what is in
  /// it is taken in all the same.
  private func hasWaited(_ direction: Direction) -> Bool {
    withDuties(direction) { $0.hasWaited(at: .now) }
  }

  private func withDuties<Result>(_ direction: Direction, _ body: (inout WindowDuties) -> Result) -> Result {
    state.withLock { body(&$0.duties[direction, default: WindowDuties()]) }
  }

  private func takeInElsewhere(_ direction: Direction, _ window: DirectionWindow) {
    elsewhere(window) { core throws(ChannelError) in
      let outcome = try window.importer.importAtOnce()
      // Those who read are told on the thread that notices changes.
      core.watcher.schedule(at: .now) { [weak core] in core?.finish(outcome, direction) }
    }
  }

  /// Does something on a thread that may take its time; what goes wrong is told as a trouble.
  private func elsewhere(
    _ window: DirectionWindow,
    _ body: @escaping @Sendable (ChannelCore) throws(ChannelError) -> Void
  ) {
    HelperThreads.shared.perform { [weak self] in
      guard let self, isUsed() else { return }
      do throws(ChannelError) {
        try body(self)
      } catch {
        options.troubles.tell(error)
      }
    } orElse: { [options] error in
      options.troubles.tell(ChannelError(error, at: window.folder.path))
    }
  }

  private func finish(_ outcome: Importer.Outcome, _ direction: Direction) {
    let pause: Duration
    switch outcome {
    case .found(let found):
      if found.importedCount > 0 {
        let now = Moment.now
        options.peers(direction).update { $0.sawForeignWrite(at: now) }
        lastImports[Int(direction.rawValue)].store(now.nanoseconds)
        look(at: direction, .file)
      }
      tendSoon(direction)
      guard found.isUnsettled else { return }
      pause = Self.settling
    case .busy: pause = Self.lockPause
    case .wait(let wanted): pause = wanted
    }
    takeInAgain(direction, after: pause)
  }

  private func takeInAgain(_ direction: Direction, after pause: Duration) {
    let moment = Moment.now.advanced(by: pause)
    guard withDuties(direction, { $0.plansLook(at: moment) }) else { return }
    watcher.schedule(at: moment) { [weak self] in
      self?.withDuties(direction) { $0.looks(at: moment) }
      self?.takeIn(direction)
    }
  }

  // MARK: 1.0 readers

  /// This process sends: from a while on it looks for 1.0 readers, so that nobody pays for them who has none. A program
  /// that sends one message and ends does not.
  func sent(in direction: Direction) {
    let place = firstSends[Int(direction.rawValue)]
    let first = place.load()
    if first == .max { return }
    let now = Moment.now.nanoseconds
    if first == 0 { return place.store(now) }
    guard now - first > Self.sendingPatience.wholeNanoseconds else { return }
    place.store(.max)
    // Where that fails 1.0 readers are just not ruled out.
    try? watchForReaders(direction)
  }

  private static let sendingPatience = Duration.milliseconds(50)

  private func watchForReaders(_ direction: Direction) throws(ChannelError) {
    try beginning.withLock { _ throws(ChannelError) in
      _ = state.withLock { $0.written.insert(direction) }
      try arm([])
    }
  }

  func windowOpened(_ direction: Direction) {
    guard state.withLock({ $0.written.contains(direction) }), let window = openWindow(direction),
      !window.importer.hasJustOpened()
    else { return }
    var end = Moment.now
    window.peers.update { end = $0.sawOpen(at: end) }
    // Nor is it seen then who opens the other window.
    for other in state.withLock({ $0.written }) where other != direction {
      options.peers(other).update { $0.lostSight() }
    }
    // The others that come meanwhile say nothing new.
    let rest = end
    state.withLock { $0.asksForOpensFrom = rest }
    // Where that fails more openings are told than are needed.
    try? arm([])
    watcher.schedule(at: rest) { [weak self] in try? self?.arm([]) }
  }

  // MARK: Showing what others owe

  /// Sees to it that what a dead sender left, or a stale copy dropped, is shown; not before living senders had their time.
  func tendSoon(_ direction: Direction) { tendSoon(direction, at: Moment.now.advanced(by: Self.tendingPause)) }

  private static let tendingPause = Duration.milliseconds(25)

  private func tendSoon(_ direction: Direction, at moment: Moment) {
    if isMonitor { return }
    guard withDuties(direction, { $0.plansTending() }) else { return }
    watcher.schedule(at: moment) { [weak self] in
      self?.withDuties(direction) { $0.tends() }
      self?.tend(direction)
    }
  }

  private func tend(_ direction: Direction) {
    guard isUsed(), let window = openWindow(direction) else { return }
    do throws(ChannelError) {
      guard let end = try window.journalEnd() else { return }
      let shown = try window.shownPlace()
      let verdict = withDuties(direction) {
        $0.judge(end: end, shown: shown, at: .now, jitter: .random(in: .min ... .max))
      }
      switch verdict {
      case .settled: break
      case .lookAgain(let moment): tendSoon(direction, at: moment)
      case .project: tendElsewhere(direction, window)
      }
    } catch {
      options.troubles.tell(error)
    }
  }

  /// Projects what is owed, on a thread that may take its time.
  func tendElsewhere(_ direction: Direction, _ window: DirectionWindow) {
    elsewhere(window) { core throws(ChannelError) in
      if try !window.projector.tend() { core.tendSoon(direction) }
    }
  }

  /// Shows what was sent, so much later at most.
  func show(_ direction: Direction, within pause: Duration) {
    let moment = Moment.now.advanced(by: pause)
    guard withDuties(direction, { $0.plansShowing(at: moment) }) else { return }
    watcher.schedule(at: moment) { [weak self] in
      guard let self, withDuties(direction, { $0.pays() }) else { return }
      do throws(ChannelError) {
        // It may have been let go of meanwhile.
        tendElsewhere(direction, try window(direction))
      } catch {
        options.troubles.tell(error)
      }
    }
  }

  /// Shows what is still owed, waiting on the calling thread.
  func showOwed(_ direction: Direction, until deadline: Moment) throws(ChannelError) {
    guard withDuties(direction, { $0.pays() }) else { return }
    let window = try window(direction)
    // The thread that notices changes must not wait.
    if watcher.isDrivingThread { return tendElsewhere(direction, window) }
    try window.projector.show(through: .highest, until: deadline)
  }
}

extension ChannelCore.State {
  /// What is asked of the channel's directory.
  func interest(at now: Moment) -> WatchInterest {
    var interest: WatchInterest = watched.isEmpty ? [] : .writes
    if !written.isEmpty, now >= asksForOpensFrom { interest.insert(.opens) }
    return interest
  }
}
