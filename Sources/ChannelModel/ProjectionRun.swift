// One sender's way from "appended" to "visible", as a value.

/// Brings a window up to a seq: it is fed what was found, and says what to do next.
///
/// Two projectors of ours never run at once (`project.lock`), but a 1.0 writer may be anywhere in its own send, may have
/// been stopped there for minutes, and whoever runs this may die between any two steps.
///
/// It knows no time. Whoever runs it stops at the sender's deadline, between any two actions: he releases what he holds,
/// and the message is accepted and not yet visible.
package struct ProjectionRun: Hashable, Sendable {
  /// What to do; the answer goes to the function named.
  package enum Action: Hashable, Sendable {
    /// Stat the window and read `projected` → `looked`.
    case look
    /// → `projectLockTaken`.
    case takeProjectLock
    /// → `windowLockTaken`.
    case takeWindowLock
    /// Under the journal's lock: read the window, append what is foreign in it → `windowRead`.
    case importWindow
    /// Is the lock file still ours? → `windowLockChecked`.
    case checkWindowLock
    /// Stage the planned window, write the intent, exchange, look at what came back → `published`.
    case publish(Draft)
    /// Under the journal's lock: import from the file that came back, and let it go → `cameBackImported`.
    case importWhatCameBack
    /// Append a cleared record with this floor → `floorRecorded`.
    case recordFloor(SequenceNumber)
    /// Unlink the lock file if it is ours, release `project.lock`; then it is done.
    case finish(Outcome)
  }

  package enum Outcome: Hashable, Sendable {
    /// A published window held the seq.
    case visible
    /// Newer ones had pushed it out before a window could show it: to be counted.
    case overtaken
  }

  /// The window to publish.
  package struct Draft: Hashable, Sendable {
    package let projection: Projection
    package let floor: SequenceNumber
    /// For the intent: what an earlier window is known to have shown.
    package let shown: SequenceNumber
  }

  /// What `look` finds.
  package struct Look: Hashable, Sendable {
    /// `projected` where it is readable, of this journal and of this boot.
    package let projected: ProjectedSeqs?
    /// Whether the window's state is the one that `projected` names.
    package let isMatched: Bool

    package init(projected: ProjectedSeqs?, isMatched: Bool) {
      self.projected = projected
      self.isMatched = isMatched
    }
  }

  /// The seqs of a `projected` record.
  package struct ProjectedSeqs: Hashable, Sendable {
    package let through: SequenceNumber
    package let shown: SequenceNumber
    package let floor: SequenceNumber
    /// Whether the projector that wrote it is known to have come to its end.
    package let isConfirmed: Bool

    package init(
      through: SequenceNumber,
      shown: SequenceNumber,
      floor: SequenceNumber,
      isConfirmed: Bool
    ) {
      self.through = through
      self.shown = shown
      self.floor = floor
      self.isConfirmed = isConfirmed
    }
  }

  /// What is in the window and in the journal, both seen under the journal's lock.
  package struct Scene: Hashable, Sendable {
    /// Nil for what is no message.
    package let content: [ElementIdentity?]
    /// The newest records that carry messages, oldest first, after the import.
    package let journal: [Projection.Entry]
    /// The floor of the journal's newest cleared record.
    package let floor: SequenceNumber
    package let now: WallTime
    /// Whether a window without elements is to be taken for a clear.
    ///
    /// Not so in a channel that was made less than a second ago, for a 1.0 peer that opened it at the same time writes an
    /// empty array over the first messages; nor when there is no window, or its content went in a power loss.
    package let isClearPossible: Bool

    package init(
      content: [ElementIdentity?],
      journal: [Projection.Entry],
      floor: SequenceNumber,
      now: WallTime,
      isClearPossible: Bool = true
    ) {
      self.content = content
      self.journal = journal
      self.floor = floor
      self.now = now
      self.isClearPossible = isClearPossible
    }
  }

  private enum Phase: Hashable, Sendable {
    case lookingFirst
    case waitingForProjectLock
    case waitingForWindowLock
    case lookingAgain
    case reading
    case recording(Scene)
    case checking(Draft)
    case publishing(Draft)
    case recovering(Draft)
    case recordingAfterRecovery(lockIsOurs: Bool)
  }

  package let wanted: SequenceNumber
  private let rules: Projection.Rules
  /// Whether everything is to be hidden that is there when the window is read.
  private var clears = false
  private var phase = Phase.lookingFirst
  private var floor = SequenceNumber.none
  /// What a window is known to have shown.
  private var shown = SequenceNumber.none

  package init(until wanted: SequenceNumber, rules: Projection.Rules) {
    self.wanted = wanted
    self.rules = rules
  }

  /// Empties the window: what is in the journal by then is never shown again.
  package static func clearing(rules: Projection.Rules) -> ProjectionRun {
    var run = ProjectionRun(until: .none, rules: rules)
    run.clears = true
    return run
  }

  package var start: Action { .look }

  package mutating func looked(_ look: Look) -> Action {
    let isCovered = !clears && look.isMatched && (look.projected?.through ?? .none) >= wanted
    switch phase {
    case .lookingFirst:
      // Only a window that is there says that the seq is visible: `projected` alone is an intent.
      guard !isCovered else { return .finish(.visible) }
      phase = .waitingForProjectLock
      return .takeProjectLock
    case .lookingAgain:
      guard !isCovered else { return .finish(.visible) }
      if let projected = look.projected {
        floor = max(floor, projected.floor)
        let isPublished = look.isMatched || projected.isConfirmed
        shown = max(shown, isPublished ? projected.through : projected.shown)
      }
      phase = .reading
      return .importWindow
    case .waitingForProjectLock, .waitingForWindowLock, .reading, .recording, .checking, .publishing, .recovering,
      .recordingAfterRecovery:
      preconditionFailure("nobody asked for a look")
    }
  }

  package mutating func projectLockTaken() -> Action {
    phase = .waitingForWindowLock
    return .takeWindowLock
  }

  package mutating func windowLockTaken() -> Action {
    phase = .lookingAgain
    return .look
  }

  package mutating func windowRead(_ scene: Scene) -> Action {
    floor = max(floor, scene.floor)
    if clears {
      // Once: what comes back in the exchange was written afterwards.
      clears = false
      floor = max(floor, scene.journal.last?.number ?? .none)
    } else {
      guard scene.content.isEmpty, shown > floor, scene.isClearPossible else { return plan(from: scene) }
      // A peer emptied it. Only what was shown is cleared: what no window has held yet is still owed.
      floor = shown
    }
    phase = .recording(scene)
    return .recordFloor(floor)
  }

  package mutating func floorRecorded() -> Action {
    switch phase {
    case .recording(let scene): return plan(from: scene)
    case .recordingAfterRecovery(let lockIsOurs): return readAgain(lockIsOurs: lockIsOurs)
    case .lookingFirst, .waitingForProjectLock, .waitingForWindowLock, .lookingAgain, .reading, .checking, .publishing,
      .recovering:
      preconditionFailure("no floor was to be recorded")
    }
  }

  private mutating func plan(from scene: Scene) -> Action {
    let projection = Projection(
      of: scene.journal,
      above: floor,
      into: scene.content,
      rules: rules,
      now: scene.now
    )
    let draft = Draft(projection: projection, floor: floor, shown: shown)
    phase = .checking(draft)
    return .checkWindowLock
  }

  package mutating func windowLockChecked(isOurs: Bool) -> Action {
    guard case .checking(let draft) = phase else { preconditionFailure("no lock was to be checked") }
    guard isOurs else {
      phase = .waitingForWindowLock
      return .takeWindowLock
    }
    phase = .publishing(draft)
    return .publish(draft)
  }

  /// Takes what came back from the exchange: the file that was spliced from, or another.
  package mutating func published(cameBackExpected: Bool) -> Action {
    guard case .publishing(let draft) = phase else { preconditionFailure("nothing was to be published") }
    if cameBackExpected { return .finish(draft.projection.oldest <= wanted ? .visible : .overtaken) }
    phase = .recovering(draft)
    return .importWhatCameBack
  }

  /// Goes on after a thief's window came back; `isEmpty` when the window had been cleared meanwhile.
  package mutating func cameBackImported(isEmpty: Bool, lockIsOurs: Bool) -> Action {
    guard case .recovering(let draft) = phase else { preconditionFailure("nothing was to be imported") }
    // What was cleared is what a window had shown before, not what was on its way into this one.
    let isCleared = isEmpty && shown > floor
    if isCleared { floor = shown }
    shown = max(shown, draft.projection.through)
    guard isCleared else { return readAgain(lockIsOurs: lockIsOurs) }
    phase = .recordingAfterRecovery(lockIsOurs: lockIsOurs)
    return .recordFloor(floor)
  }

  private mutating func readAgain(lockIsOurs: Bool) -> Action {
    phase = lockIsOurs ? .reading : .waitingForWindowLock
    return lockIsOurs ? .importWindow : .takeWindowLock
  }
}
