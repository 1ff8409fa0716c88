import TestSupport

@testable import Transom

/// A watcher's own thread and some callers that block, as far as `DrivingTurns` and what wakes whom matter.
///
/// One event comes at most twice, and whoever takes it makes every caller's condition true, who was told to look.
struct DrivingWorld: SearchableWorld {
  enum OwnThread: Hashable {
    case looks, begins, spins, waits, works, standsByToLook, standsBy
  }

  enum Caller: Hashable {
    case outside
    /// It has said that it is about to wait, and did not look at its condition yet.
    case leads
    case leaderWaits
    case works
    case follows
    /// With the gate's value that it took, having looked.
    case isAboutToWait(Int)
    case sleeps
  }

  var turns = DrivingTurns()
  var own = OwnThread.looks
  var callers: [Caller]
  /// Whose condition holds.
  var isMet: [Bool]
  /// An event that makes the descriptor ready, and one that does not.
  var isQueued = false
  var isUndrained = false
  var ownWake = false
  var leaderWake = false
  var alarm = false
  var gate = 0
  var eventsLeft = 2
  var entriesLeft: Int

  init(callers: Int, entries: Int) {
    self.callers = Array(repeating: .outside, count: callers)
    isMet = Array(repeating: false, count: callers)
    entriesLeft = entries
  }

  static func isMishap(_ step: String) -> Bool { step.hasPrefix("!") }

  // MARK: Steps

  func steps() -> [(name: String, world: DrivingWorld)] {
    var steps: [(String, DrivingWorld)] = []
    func step(_ name: String, _ change: (inout DrivingWorld) -> DrivingTurns.Handover) {
      var world = self
      let handover = change(&world)
      steps += world.passing(handover).map { (name, $0) }
    }
    if eventsLeft > 0, !isQueued {
      step("!an event comes") {
        $0.isQueued = true
        $0.eventsLeft -= 1
        return .nobody
      }
    }
    ownSteps(step)
    for caller in callers.indices { callerSteps(caller, step) }
    return steps
  }

  private typealias Step = (String, (inout DrivingWorld) -> DrivingTurns.Handover) -> Void

  private func ownSteps(_ step: Step) {
    switch own {
    case .looks:
      step("own thread looks") { world in
        let (turn, handover) = world.turns.ownThreadLooks()
        switch turn {
        case .drive: world.own = .begins
        case .standByAndLook: world.own = .standsByToLook
        case .standBy: world.own = .standsBy
        }
        return handover
      }
    case .begins:
      step("own thread waits") {
        $0.own = .waits
        return .nobody
      }
      step("own thread spins, unless a caller came") {
        $0.own = $0.turns.ownThreadWorks() ? .spins : .waits
        return .nobody
      }
    case .spins:
      step("own thread spun in vain") {
        $0.own = $0.turns.ownThreadMayWait() ? .waits : .looks
        return .nobody
      }
      step("own thread found something") {
        $0.own = .works
        return .nobody
      }
    case .waits where isQueued || isUndrained || ownWake:
      step("own thread is ready") {
        $0.ownWake = false
        $0.own = $0.turns.ownThreadWorks() ? .works : .looks
        return .nobody
      }
    case .works:
      step("own thread takes all") {
        $0.take(leaving: false)
        $0.own = .looks
        return .nobody
      }
      step("own thread takes a part") {
        $0.take(leaving: true)
        $0.own = .looks
        return .nobody
      }
    case .standsByToLook:
      step("own thread's pause is over") {
        $0.own = .looks
        return .nobody
      }
    case .standsBy where alarm:
      step("own thread's alarm goes off") {
        $0.alarm = false
        $0.own = .looks
        return .nobody
      }
    case .standsBy where ownWake:
      step("own thread runs jobs") {
        $0.ownWake = false
        return .nobody
      }
    case .waits, .standsBy:
      break
    }
  }

  private func callerSteps(_ caller: Int, _ step: Step) {
    let name = "caller \(caller)"
    switch callers[caller] {
    case .outside where entriesLeft > 0:
      step("!\(name) blocks") { world in
        world.entriesLeft -= 1
        world.isMet[caller] = false
        switch world.turns.enter() {
        case .lead: world.callers[caller] = .leads
        case .leadInsteadOfOwnThread:
          world.ownWake = true
          world.callers[caller] = .leads
        case .follow: world.callers[caller] = .follows
        }
        return .nobody
      }
    case .outside:
      break
    case .leads:
      step("\(name) looks") { world in
        world.turns.leaderWaits()
        world.callers[caller] = .leaderWaits
        return world.isMet[caller] ? world.leave(caller) : .nobody
      }
      step("\(name) is told before it waits") {
        $0.isMet[caller] = true
        $0.isUndrained = true
        return $0.leave(caller)
      }
    case .leaderWaits where isQueued || isUndrained || leaderWake:
      step("\(name) is ready") {
        $0.leaderWake = false
        $0.turns.leaderWorks()
        $0.callers[caller] = .works
        return .nobody
      }
    case .works:
      step("\(name) takes all") {
        $0.take(leaving: false)
        $0.callers[caller] = .leads
        return .nobody
      }
      step("\(name) is told before it takes anything") {
        $0.isMet[caller] = true
        $0.isUndrained = true
        return $0.leave(caller)
      }
    case .follows:
      step("\(name) looks and leaves, leads or waits") { world in
        if world.isMet[caller] {
          world.callers[caller] = .outside
          return world.turns.followerLeaves()
        } else if world.turns.followerMayLead() {
          world.callers[caller] = .leads
        } else {
          world.callers[caller] = .isAboutToWait(world.gate)
        }
        return .nobody
      }
    case .isAboutToWait(let value):
      step("\(name) waits, unless the gate was opened") {
        $0.callers[caller] = value == $0.gate ? .sleeps : .follows
        return .nobody
      }
    case .sleeps:
      step("!\(name) has waited long enough") {
        $0.callers[caller] = .outside
        return $0.turns.followerLeaves()
      }
    case .leaderWaits:
      step("!\(name) has waited long enough") { $0.leave(caller) }
    }
  }

  private mutating func leave(_ caller: Int) -> DrivingTurns.Handover {
    callers[caller] = .outside
    return turns.leaderLeaves()
  }

  /// Every way in which somebody is told: the kernel wakes any one of those who sleep.
  private func passing(_ handover: DrivingTurns.Handover) -> [DrivingWorld] {
    var told = self
    switch handover {
    case .nobody:
      return [self]
    case .look:
      told.alarm = true
      return [told]
    case .follower:
      told.gate += 1
      let sleeping = callers.indices.filter { callers[$0] == .sleeps }
      if sleeping.isEmpty { return [told] }
      return sleeping.map { sleeper in
        var world = told
        world.callers[sleeper] = .follows
        return world
      }
    }
  }

  private mutating func take(leaving: Bool) {
    if isQueued || isUndrained {
      for caller in callers.indices { isMet[caller] = true }
      if turns.followers > 0 {
        gate += 1
        for caller in callers.indices where callers[caller] == .sleeps { callers[caller] = .follows }
      }
      if turns.callerMayBlock { leaderWake = true }
    }
    isUndrained = leaving && isQueued
    isQueued = false
  }

  // MARK: What must not be

  func faults(isAtRest: Bool) -> Set<String> {
    var faults: Set<String> = []
    let leaders = callers.count { $0 == .leads || $0 == .leaderWaits || $0 == .works }
    let ownDrives = turns.driver == .ownThread
    if leaders > 1 || leaders == 1 && ownDrives { faults.insert("two drive") }
    if leaders == 1 && turns.driver != .caller { faults.insert("a leader is not known to lead") }
    if own == .works || own == .spins, leaders > 0 { faults.insert("two work") }
    if callers.count(where: \.isFollowing) != turns.followers { faults.insert("followers are miscounted") }
    guard isAtRest else { return faults }
    if isQueued || isUndrained { faults.insert("an event lies there and nobody takes it") }
    for caller in callers.indices where callers[caller] != .outside && isMet[caller] {
      faults.insert("a caller waits for what has come")
    }
    if turns.driver == .nobody { faults.insert("nobody drives") }
    if ownDrives && turns.followers > 0 { faults.insert("the own thread drives though a caller is blocked") }
    return faults
  }
}

extension DrivingWorld.Caller {
  fileprivate var isFollowing: Bool {
    switch self {
    case .follows, .isAboutToWait, .sleeps: true
    case .outside, .leads, .leaderWaits, .works: false
    }
  }
}
