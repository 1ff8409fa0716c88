// Two projectors of ours, a 1.0 writer, an importer and a peer that clears, at one window.

import ChannelModel
import TestSupport

/// The smallest world in which projecting and importing can go wrong. What it executes are the package's own values; it
/// only keeps files, locks and lives. A fix is taken out by letting the world lie about what it found or do.
struct ProjectionWorld: SearchableWorld {
  /// The fixes that the state models show to be necessary.
  enum Fix: String, CaseIterable, Hashable {
    case coverageIsVerified
    case importerNeverWritesProjected
    case whatCameBackIsLookedAt
    case whatAStaleCopyDroppedIsRestored
    case ownIDsProveThemselves
    case orphansAreImported
    case onlyWhatWasShownIsCleared
  }

  struct Setup: Hashable {
    var cap = 4
    var foreignCount: UInt8 = 2
    /// How many of the newest foreign messages are remembered; nil: all.
    var memory: Int?
    var without: Fix?
  }

  /// What a message in the window is: a native's, by its seq, or the foreign one of a number.
  enum Element: Hashable {
    case own(SequenceNumber)
    case foreign(UInt8)
  }

  struct Native: Hashable {
    enum Life: Hashable { case unborn, alive, done, dead }
    var life = Life.unborn
    var run: ProjectionRun?
    var action: ProjectionRun.Action?
    var number = SequenceNumber.none
    /// The version of the window that was spliced from, and of the one that is staged.
    var spliced: Int?
    var source: [Element] = []
    var staged: Int?
    var cameBack: [Element]?
  }

  /// A 1.0 writer, going through its own send.
  struct Peer: Hashable {
    enum Place: Hashable { case locking, reading, writing, renaming, unlocking, done, dead }
    var place = Place.locking
    var sent: UInt8 = 0
    var copy: [Element] = []
  }

  enum LockHolder: Hashable { case native(Int), peer }

  /// The record `projected`, and whether its writer is known to have come to its end.
  struct Intent: Hashable {
    var through: SequenceNumber
    var shown: SequenceNumber
    var floor: SequenceNumber
    var version: Int
    var isConfirmed = false
    var writer: Int
  }

  var setup: Setup
  var journal: [Element?] = []
  var floor = SequenceNumber.none
  var windowVersion = 0
  var window: [Element] = []
  var projected: Intent?
  var lock: LockHolder?
  var projectLock: Int?
  var peerTemporary: [Element]?
  var orphans: [[Element]] = []
  var natives = [Native(), Native()]
  var peer = Peer()
  /// What an importer looked at that does not work under the journal's lock (only where a fix is taken out).
  var importerVersion: Int?
  var importerContent: [Element] = []
  var crashes: Int
  var thefts: Int
  var clears: Int
  var cleared = false
  var shown: Set<Element> = []
  var harm: Set<String> = []

  init(_ setup: Setup, crashes: Int, thefts: Int, clears: Int = 0) {
    self.setup = setup
    self.crashes = crashes
    self.thefts = thefts
    self.clears = clears
  }

  static func isMishap(_ step: String) -> Bool {
    step.contains("dies") || step.contains("robs") || step.contains("clears")
  }

  func has(_ fix: Fix) -> Bool { setup.without != fix }

  // MARK: Steps

  func steps() -> [(name: String, world: ProjectionWorld)] {
    var steps: [(name: String, world: ProjectionWorld)] = []
    func add(_ name: String, _ change: (inout ProjectionWorld) -> Void) {
      var world = self
      change(&world)
      world.renumber()
      if world != self { steps.append((name, world)) }
    }
    for native in natives.indices { addSteps(ofNative: native, add) }
    addStepsOfPeer(add)
    if clears > 0 {
      add("a 1.0 peer clears") {
        $0.clears -= 1
        $0.cleared = true
        $0.replaceWindow(with: [])
      }
    }
    addStepsOfImporter(add)
    return steps
  }

  private func addSteps(ofNative place: Int, _ add: (String, (inout ProjectionWorld) -> Void) -> Void) {
    let native = natives[place]
    let name = place == 0 ? "A" : "B"
    switch native.life {
    case .done, .dead: return
    case .unborn:
      add("\(name) appends") { world in
        world.journal.append(.own(SequenceNumber(UInt64(world.journal.count + 1))))
        let number = SequenceNumber(UInt64(world.journal.count))
        let run = ProjectionRun(until: number, rules: world.rules)
        world.natives[place] = Native(life: .alive, run: run, action: run.start, number: number)
      }
    case .alive:
      if crashes > 0 {
        add("\(name) dies") { world in
          world.crashes -= 1
          if let cameBack = native.cameBack, !cameBack.isEmpty { world.orphans.append(cameBack) }
          world.natives[place] = Native(life: .dead, number: native.number)
          if world.projectLock == place { world.projectLock = nil }
        }
      }
      guard let action = native.action else { return }
      if action == .takeWindowLock {
        for robs in [false, true] where canTakeLock(place, robbing: robs) {
          add("\(name) takes the lock\(robs ? ", robs the stopped peer" : "")") {
            $0.takeLock(place, robbing: robs)
            $0.feed(place) { $0.windowLockTaken() }
          }
        }
      } else {
        add("\(name) \(ProjectionWorld.describe(action, isStaged: native.staged != nil))") {
          $0.execute(action, for: place)
        }
      }
    }
  }

  private static func describe(_ action: ProjectionRun.Action, isStaged: Bool) -> String {
    switch action {
    case .look: "looks"
    case .takeProjectLock: "takes project.lock"
    case .takeWindowLock: "takes the lock"
    case .importWindow: "reads and imports the window"
    case .checkWindowLock: "checks its lock"
    case .publish: isStaged ? "exchanges" : "writes its intent"
    case .importWhatCameBack: "imports what came back"
    case .recordFloor(let floor): "records the floor \(floor)"
    case .finish: "finishes"
    }
  }

  var rules: Projection.Rules { Projection.Rules(count: setup.cap) }
}
