// Waiting for the kernel, and telling the channels.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

extension Watcher {
  /// How long nobody may drive before the own thread does.
  static let lookPause = Duration.microseconds(1_000)
  /// What was told before anybody asked the library is taken after so long, and with it what others wait for; one who
  /// looks on by then still ends. Asking it costs about as much as a message.
  static let drainPause = Duration.microseconds(200)
  /// Between two looks at every channel, whatever the events said.
  static let sweepPause = Duration.seconds(30)
  /// So long are channels looked at by it before others have their turn.
  static let sweepTurn = Duration.microseconds(200)

  /// Whether the calling thread is the one that tells channels, or that runs the executor's jobs: it must not block.
  package var isDrivingThread: Bool {
    workingThread.load(ordering: .relaxed) == KernelThread.current || executor.isOwnThread
  }

  // MARK: The own thread

  func startThread() throws(SystemError) {
    if state.withLock({ $0.hasThread || $0.joined != nil }) { return }
    // Whoever comes second returns when the first is certain of its thread.
    try beginning.withLock { _ throws(SystemError) in
      if state.withLock({ $0.hasThread || $0.joined != nil }) { return }
      try KernelThread.start("transom-watcher") { [self] in runOwnThread() }
      state.withLock { $0.hasThread = true }
    }
  }

  private func runOwnThread() -> Never {
    executor.adopt(true)
    var turn = nextTurn()
    while true {
      let hasJobs = executor.run()
      switch turn {
      case .drive: drive(hasJobs: hasJobs)
      case .standBy, .standByAndLook: standBy(toLook: turn == .standByAndLook, hasJobs: hasJobs)
      }
      turn = nextTurn()
    }
  }

  private func drive(hasJobs: Bool) {
    if !hasJobs, mayOwnThreadSpin() {
      if spinForNews() { return leaveForLater() }
      // Not when a caller came meanwhile, who would rather be woken himself.
      guard state.withLock({ $0.driving.ownThreadMayWait() }) else { return }
    }
    // After it was said that it waits: a timer of a moment before wakes it only from then on.
    let (limit, isUndrained) = state.withLock { ($0.waitLimit(Moment.now), $0.isUndrained) }
    var isReady = false
    if !isUndrained {
      let ready = wait(for: inotifyNumber.load(ordering: .relaxed), ownWake.number, until: hasJobs ? Moment.now : limit)
      if ready.second { ownWake.clear() }
      isReady = ready.first
    }
    guard state.withLock({ $0.driving.ownThreadWorks() }) else { return }
    let before = newsCount.load(ordering: .relaxed)
    if isReady, tellLikely(), hasNews(since: before) { return leaveForLater() }
    work()
  }

  private func mayOwnThreadSpin() -> Bool {
    let now = Moment.now
    return state.withLock { state in
      let isDue = state.waitLimit(now).map { $0 <= now } ?? false
      return !isDue && !state.isDrainDue(now) && state.spinning.isWorthTrying() && state.driving.ownThreadWorks()
    }
  }

  /// What happened is mostly what was just found: it is taken before this thread sleeps, or when it is due.
  private func leaveForLater() {
    state.withLock { $0.isUndrained = true }
  }

  /// Runs jobs, while callers drive, until it is time to look whether they still do.
  private func standBy(toLook: Bool, hasJobs: Bool) {
    let look = toLook ? Moment.now.advanced(by: Self.lookPause) : nil
    var hasJobs = hasJobs
    while true {
      let ready = wait(for: alarm.number, ownWake.number, until: hasJobs ? Moment.now : look)
      if ready.second { ownWake.clear() }
      if ready.first { alarm.clear() }
      if ready.first || look.map({ $0 <= Moment.now }) ?? false { return }
      hasJobs = executor.run()
    }
  }

  private func nextTurn() -> DrivingTurns.OwnTurn {
    let (turn, handover) = state.withLock { $0.driving.ownThreadLooks() }
    pass(handover)
    return turn
  }

  func pass(_ handover: DrivingTurns.Handover) {
    switch handover {
    case .nobody: break
    case .follower: gate.open(forAll: false)
    case .look: alarm.set(at: Moment.now.advanced(by: Self.lookPause).nanoseconds)
    }
  }

  /// Waits for one of two descriptors.
  func wait(for first: Int32, _ second: Int32, until limit: Moment?) -> (first: Bool, second: Bool) {
    do {
      return try Readiness.wait(on: first, and: second, until: limit?.nanoseconds)
    } catch {
      // Only for want of the kernel's memory. Both are looked at, and others are given time.
      KernelClock.pause(.milliseconds(1))
      return (true, true)
    }
  }

  // MARK: Work

  /// Tells the channel that was the last to have something, before anybody knows what happened, and says whether there is
  /// one.
  ///
  /// Between waking up and knowing lie four system calls of the library's. Mostly it is the same channel again, and one
  /// look that finds nothing costs a tenth of them; what happened is taken afterwards, while the other side is at work.
  func tellLikely() -> Bool {
    guard let (channel, change) = register.withLock({ $0.likely }) else { return false }
    workingThread.store(KernelThread.current, ordering: .relaxed)
    channel.noticed(change)
    workingThread.store(0, ordering: .relaxed)
    return true
  }

  private var hasLikely: Bool { register.withLock { $0.hasFavourite } }

  /// Takes what has happened, tells the channels and does what is due. Whoever calls it drives.
  func work() {
    workingThread.store(KernelThread.current, ordering: .relaxed)
    var isMore = true
    var rounds = 0
    // Bounded, so that timers and jobs have their turn in a flood.
    while isMore, rounds < 4 {
      var notices: [WatchRegister.Notice] = []
      isMore = drain(into: &notices)
      rounds += 1
      for notice in notices {
        for change in notice.pending.changes { notice.channel.noticed(change) }
      }
    }
    doTimers()
    workingThread.store(0, ordering: .relaxed)
    let now = Moment.now
    state.withLock {
      $0.isUndrained = isMore
      $0.drained = now
    }
  }

  /// Looks at the likely channel for a moment, and says whether the condition came to hold. Whoever calls it drives, and
  /// has asked whether it is worth trying.
  ///
  /// Others run before each look, also before the first: who has just sent something finds no answer yet.
  func spin(until condition: () -> Bool) -> Bool {
    guard hasLikely else { return false }
    var now = Moment.now
    let end = now.advanced(by: SpinPatience.longest)
    while now < end {
      KernelClock.pause(.zero)
      let before = now
      now = Moment.now
      let isMet = tellLikely() && condition()
      if now.duration(since: before) > SpinPatience.crowding {
        state.withLock { $0.spinning.wasCrowded() }
        return isMet
      }
      if isMet {
        state.withLock { $0.spinning.paid() }
        return true
      }
    }
    state.withLock { $0.spinning.wasVain() }
    return false
  }

  /// The own thread does not know what it waits for; whoever is told says so.
  private func spinForNews() -> Bool {
    let before = newsCount.load(ordering: .relaxed)
    return spin { hasNews(since: before) }
  }

  func hasNews(since before: UInt64) -> Bool {
    newsCount.load(ordering: .relaxed) != before || executor.hasJobs
  }

  private func drain(into notices: inout [WatchRegister.Notice]) -> Bool {
    do throws(SystemError) {
      return try register.withLock { (register) throws(SystemError) in
        try register.drain(into: &notices)
      }
    } catch {
      inotifyNumber.store(-1, ordering: .sequentiallyConsistent)
      let orphans = register.withLock { $0.loseInotify(because: error, at: Moment.now) }
      for orphan in orphans { poll(orphan.number, orphan.place, orphan.directory) }
      return false
    }
  }

  // MARK: The slow sweep

  func scheduleSweep() {
    let isScheduled = state.withLock { state in
      defer { state.sweepIsDue = true }
      return state.sweepIsDue
    }
    if isScheduled { return }
    schedule(at: Moment.now.advanced(by: Self.sweepPause)) { [self] in
      // In this order: a channel that comes in between schedules the next one itself.
      state.withLock { $0.sweepIsDue = false }
      let numbers = register.withLock { $0.numbers }
      if !numbers.isEmpty { scheduleSweep() }
      sweep(numbers[...])
    }
  }

  /// Has the channels looked at, some at a time, so that a process with thousands of them still notices events between.
  func sweep(_ numbers: ArraySlice<ChannelNumber>) {
    let end = Moment.now.advanced(by: Self.sweepTurn)
    var rest = numbers
    // Asked for the time only now and then: most channels that are not open have nothing to do.
    while !rest.isEmpty, Moment.now < end {
      for number in rest.prefix(16) { sweep(number) }
      rest = rest.dropFirst(16)
    }
    if !rest.isEmpty { schedule(at: Moment.now) { [self, rest] in sweep(rest) } }
  }

  private func sweep(_ number: ChannelNumber) {
    guard let (channel, directories) = register.withLock({ $0.whole(number) }) else {
      // Whoever let go of it should have said so.
      return remove(number)
    }
    // Nobody is told that a directory was deleted while it is held open.
    let isGone = directories.contains { ((try? $0.facts().links) ?? 0) == 0 }
    channel.noticed(isGone ? .directory : .sweep)
  }

  // MARK: Polling

  /// Looks at a directory from now on, until it or its channel is not watched any more.
  func poll(_ number: ChannelNumber, _ place: WatchTable.Place, _ directory: Directory?) {
    let poll = Poll(number, place, directory)
    guard register.withLock({ $0.attach(poll) }) else { return }
    pollCount.add(1, ordering: .relaxed)
    // The first look only says what there is; the watch is there once it was taken.
    look(poll)
  }

  private func look(_ poll: Poll) {
    let channel = register.withLock { $0.isAttached(poll) ? $0.whole(poll.number)?.channel : nil }
    guard let channel else {
      pollCount.subtract(1, ordering: .relaxed)
      return
    }
    let (news, pause) = poll.look(places: pollCount.load(ordering: .relaxed))
    if let news { channel.noticed(news) }
    schedule(at: Moment.now.advanced(by: pause)) { [weak self] in self?.look(poll) }
  }
}

extension Watcher.State {
  /// Whether events were left for so long that they must not wait any longer.
  func isDrainDue(_ now: Moment) -> Bool {
    isUndrained && now.duration(since: drained) >= Watcher.drainPause
  }
}
