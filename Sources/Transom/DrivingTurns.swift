// Who drives the watcher, and who waits for his turn.

/// The rule by which one thread at a time drives: it alone waits for the kernel's events, takes them and tells the
/// channels.
///
/// A thread that is blocked until something comes drives by itself, so that what it waits for wakes it and no other
/// thread. Of several the first leads and the rest follow, waiting for the leader to wake them or to leave. The
/// watcher's own thread drives when no such thread is there; while they come and go it stands by, and looks now and then
/// whether they still do.
///
/// A pure value: each step returns what has to be done.
struct DrivingTurns: Hashable {
  enum Driver: Hashable {
    case nobody
    case ownThread
    case caller
    /// A program whose loop drives, for the length of one drain.
    case outside
  }

  /// Whom a thread that stops driving has to tell.
  enum Handover: Equatable {
    case nobody
    /// One of those who follow.
    case follower
    /// The own thread looks after a while whether anybody came.
    case look
  }

  /// What a caller that is about to block is to do.
  enum Entry: Equatable {
    case lead
    /// The own thread is waiting for events as well: it has to be told that it need not.
    case leadInsteadOfOwnThread
    case follow
  }

  private(set) var driver = Driver.nobody
  /// The driver is at work. Otherwise it is about to wait, or waits.
  private(set) var isBusy = false
  /// Callers that wait while somebody else drives.
  private(set) var followers = 0
  /// There is an own thread, and it is not driving and will not look before it is told to.
  private(set) var ownThreadSleeps = false
  /// Counts each time that a caller began or ended to drive.
  private var turns: UInt64 = 0
  /// What that count was when the own thread last looked.
  private var turnsSeen: UInt64 = 0

  /// Whether a wake-up is what the driver lacks: it is about to wait and may not have seen what just changed.
  var callerMayBlock: Bool { driver == .caller && !isBusy }

  // MARK: Callers

  mutating func enter() -> Entry {
    switch driver {
    case .nobody:
      driver = .caller
      turns += 1
      isBusy = false
      return .lead
    case .ownThread where !isBusy:
      driver = .caller
      turns += 1
      return .leadInsteadOfOwnThread
    case .ownThread, .caller, .outside:
      followers += 1
      return .follow
    }
  }

  /// A follower that is awake asks whether it may lead now.
  mutating func followerMayLead() -> Bool {
    guard driver == .nobody else { return false }
    followers -= 1
    driver = .caller
    isBusy = false
    turns += 1
    return true
  }

  mutating func leaderLeaves() -> Handover {
    driver = .nobody
    isBusy = false
    turns += 1
    return handover()
  }

  mutating func followerLeaves() -> Handover {
    followers -= 1
    // It may have been the one that was told to lead.
    return driver == .nobody ? handover() : .nobody
  }

  private mutating func handover() -> Handover {
    if followers > 0 { return .follower }
    guard ownThreadSleeps else { return .nobody }
    ownThreadSleeps = false
    return .look
  }

  // MARK: The own thread

  enum OwnTurn: Equatable {
    /// Wait for events, and take them.
    case drive
    /// Wait until told, and look again after a while.
    case standByAndLook
    /// Wait until told.
    case standBy
  }

  /// The own thread asks what to do next, having done all that there was.
  mutating func ownThreadLooks() -> (OwnTurn, Handover) {
    switch driver {
    case .ownThread where followers == 0:
      isBusy = false
      return (.drive, .nobody)
    case .ownThread:
      // Somebody is blocked who would rather be woken by the event itself.
      driver = .nobody
      isBusy = false
      turnsSeen = turns
      return (.standByAndLook, .follower)
    case .nobody where followers == 0 && turns == turnsSeen:
      driver = .ownThread
      isBusy = false
      return (.drive, .nobody)
    case .caller where turns == turnsSeen:
      ownThreadSleeps = true
      return (.standBy, .nobody)
    case .nobody, .caller:
      turnsSeen = turns
      return (.standByAndLook, .nobody)
    case .outside:
      preconditionFailure("a watcher that is driven from outside has no thread of its own")
    }
  }

  // MARK: Work

  /// The own thread has something to take; false when somebody else began to drive meanwhile.
  mutating func ownThreadWorks() -> Bool {
    guard driver == .ownThread else { return false }
    isBusy = true
    return true
  }

  /// The own thread, at work, would wait now; false when somebody blocked meanwhile, so that it has to look first.
  mutating func ownThreadMayWait() -> Bool {
    guard followers == 0 else { return false }
    isBusy = false
    return true
  }

  mutating func leaderWorks() { isBusy = true }

  mutating func leaderWaits() { isBusy = false }

  /// False when somebody else drives.
  mutating func outsideWorks() -> Bool {
    guard driver == .nobody else { return false }
    driver = .outside
    isBusy = true
    return true
  }

  mutating func outsideLeaves() -> Handover {
    driver = .nobody
    isBusy = false
    return handover()
  }
}
