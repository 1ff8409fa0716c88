// What the natives' actions do to the world.

import ChannelModel

extension ProjectionWorld {
  mutating func feed(_ place: Int, _ answer: (inout ProjectionRun) -> ProjectionRun.Action) {
    guard var run = natives[place].run else { return }
    natives[place].action = answer(&run)
    natives[place].run = run
  }

  mutating func execute(_ action: ProjectionRun.Action, for place: Int) {
    switch action {
    case .look:
      let look = look()
      feed(place) { $0.looked(look) }
    case .takeProjectLock:
      guard projectLock == nil else { return }
      projectLock = place
      feed(place) { $0.projectLockTaken() }
    case .takeWindowLock:
      break
    case .importWindow:
      importElements(of: window)
      natives[place].spliced = windowVersion
      natives[place].source = window
      let scene = scene(from: window)
      feed(place) { $0.windowRead(scene) }
    case .checkWindowLock:
      let isOurs = lock == .native(place)
      feed(place) { $0.windowLockChecked(isOurs: isOurs) }
    case .publish(let draft):
      natives[place].staged == nil ? stage(draft, for: place) : exchange(draft, for: place)
    case .importWhatCameBack:
      let cameBack = natives[place].cameBack ?? []
      importElements(of: cameBack)
      natives[place].cameBack = nil
      let isOurs = lock == .native(place)
      feed(place) { $0.cameBackImported(isEmpty: cameBack.isEmpty, lockIsOurs: isOurs) }
    case .recordFloor(let number):
      journal.append(nil)
      floor = number
      feed(place) { $0.floorRecorded() }
    case .finish:
      let number = natives[place].number
      // Whatever was cleared: only newer messages may have pushed it out unseen.
      if !shown.contains(.own(number)), entries.suffix(setup.cap).contains(where: { $0.number == number }) {
        harm.insert("acknowledged, and never visible in a window")
      }
      if lock == .native(place) { lock = nil }
      if projectLock == place { projectLock = nil }
      if projected?.writer == place { projected?.isConfirmed = true }
      natives[place] = Native(life: .done, number: number)
    }
  }

  private func look() -> ProjectionRun.Look {
    let isMatched = projected?.version == windowVersion || !has(.coverageIsVerified)
    guard let projected else { return ProjectionRun.Look(projected: nil, isMatched: false) }
    let newest = SequenceNumber(UInt64(journal.count))
    let isTold = has(.onlyWhatWasShownIsCleared)
    return ProjectionRun.Look(
      projected: ProjectionRun.ProjectedSeqs(
        through: projected.through,
        shown: isTold ? projected.shown : newest,
        floor: projected.floor,
        isConfirmed: isTold && projected.isConfirmed
      ),
      isMatched: isMatched
    )
  }

  private mutating func stage(_ draft: ProjectionRun.Draft, for place: Int) {
    let version = 1_000 + place
    natives[place].staged = version
    projected = Intent(
      through: draft.projection.through,
      shown: draft.shown,
      floor: draft.floor,
      version: version,
      writer: place
    )
  }

  private mutating func exchange(_ draft: ProjectionRun.Draft, for place: Int) {
    guard let staged = natives[place].staged else { return }
    let source = natives[place].source
    let old = (version: windowVersion, content: window)
    let kept = draft.projection.kept.map { source[$0] }
    let added = draft.projection.added.compactMap { journal[Int($0.rawValue) - 1] }
    windowVersion = staged
    window = kept + added
    shown.formUnion(window)
    natives[place].staged = nil
    let isExpected = old.version == natives[place].spliced
    guard has(.whatCameBackIsLookedAt) else {
      if old.content.contains(where: { !journal.contains($0) && !window.contains($0) }) {
        harm.insert("our exchange destroyed what nobody had imported")
      }
      return feed(place) { $0.published(cameBackExpected: true) }
    }
    if !isExpected { natives[place].cameBack = old.content }
    feed(place) { $0.published(cameBackExpected: isExpected) }
  }

  // MARK: Locks

  /// The facts that a native would see of the lock that is in its way, judged by the package's own judge.
  func canTakeLock(_ place: Int, robbing: Bool) -> Bool {
    switch lock {
    case nil, .native(place): return !robbing
    case .native(let other):
      guard !robbing else { return false }
      return judge(.ours(holder), isFree: natives[other].life == .dead, age: .zero)
    case .peer:
      guard peer.place != .dead else { return !robbing && judge(.foreign, isFree: true, age: .seconds(6)) }
      return robbing ? thefts > 0 && judge(.foreign, isFree: true, age: .seconds(6)) : false
    }
  }

  private var holder: LockContents.Holder {
    LockContents.Holder(boot: Golden.boot, processNamespace: 1, startTime: 1, token: 1)
  }

  private func judge(_ second: LockContents.Second, isFree: Bool, age: Duration) -> Bool {
    let text =
      switch second {
      case .ours(let holder): LockContents(process: 1, holder: holder).encode()
      case .foreign, .newer: Array("1\n".utf8)
      }
    let facts = LockFacts(contents: LockContents(decoding: text), age: .past(age), flockIsFree: isFree)
    if case .stale = LockJudge(boot: Golden.boot, flockIsKernelWide: true).judge(facts) { return true }
    return false
  }

  mutating func takeLock(_ place: Int, robbing: Bool) {
    if lock != nil, lock != .native(place) { peerTemporary = nil }
    if robbing { thefts -= 1 }
    lock = .native(place)
  }

  // MARK: Journal and window

  func identity(_ element: Element) -> ElementIdentity {
    switch element {
    case .own(let number):
      has(.ownIDsProveThemselves) ? .own(number) : .foreign(1_000 + number.rawValue)
    case .foreign(let number): .foreign(UInt64(number))
    }
  }

  /// Under the journal's lock: the package decides what the journal lacks.
  mutating func importElements(of content: [Element]) {
    let knowledge = Import.Knowledge(remembers: memory.contains, last: SequenceNumber(UInt64(journal.count)))
    for item in Import(of: content.map(identity), knowing: knowledge).items { journal.append(content[item.place]) }
  }

  /// The hashes that are still remembered. Ours take none of the room, unless they cannot prove themselves.
  private var memory: Set<UInt64> {
    let hashes = journal.compactMap { $0 }.map(identity).compactMap { identity -> UInt64? in
      if case .foreign(let hash) = identity { hash } else { nil }
    }
    return Set(setup.memory.map { hashes.suffix($0) } ?? hashes[...])
  }

  var entries: [Projection.Entry] {
    journal.enumerated().compactMap { place, element in
      element.map {
        Projection.Entry(
          number: SequenceNumber(UInt64(place + 1)),
          identity: identity($0),
          byteCount: 1,
          appended: WallTime(nanoseconds: 0)
        )
      }
    }
  }

  func owed() -> Set<Element> {
    let owed = Projection.owed(of: entries, above: floor, rules: rules, now: WallTime(nanoseconds: 0))
    return Set(owed.compactMap { journal[Int($0.number.rawValue) - 1] })
  }

  private func scene(from content: [Element]) -> ProjectionRun.Scene {
    let present = Set(content.map(identity))
    let base = projected?.through ?? .none
    let visible = entries.filter {
      has(.whatAStaleCopyDroppedIsRestored) || $0.number > base || present.contains($0.identity)
    }
    return ProjectionRun.Scene(
      content: content.map(identity),
      journal: visible,
      floor: floor,
      now: WallTime(nanoseconds: 0)
    )
  }

  mutating func replaceWindow(with content: [Element]) {
    windowVersion = 2_000
    window = content
    shown.formUnion(content)
  }
}
