// The 1.0 writer, the importer, and what must never be.

import ChannelModel

extension ProjectionWorld {
  func addStepsOfPeer(_ add: (String, (inout ProjectionWorld) -> Void) -> Void) {
    guard peer.place != .dead, peer.place != .done else { return }
    if crashes > 0, peer.place != .locking {
      add("the 1.0 writer dies") {
        $0.crashes -= 1
        $0.peer = Peer(place: .dead, sent: peer.sent)
      }
    }
    switch peer.place {
    case .locking:
      guard peer.sent < setup.foreignCount else { return add("the 1.0 writer is done") { $0.peer.place = .done } }
      switch lock {
      case nil: add("the 1.0 writer locks") { $0.lockForPeer() }
      case .native(let place) where natives[place].life == .dead:
        add("the 1.0 writer takes a dead native's lock") { $0.lockForPeer() }
      case .native where thefts > 0:
        add("the 1.0 writer robs a stopped native") {
          $0.thefts -= 1
          $0.lockForPeer()
        }
      case .native, .peer: break
      }
    case .reading:
      add("the 1.0 writer reads the window") {
        $0.peer.copy = $0.window
        $0.peer.place = .writing
      }
    case .writing:
      add("the 1.0 writer writes its temporary file") {
        $0.peerTemporary = Array(($0.peer.copy + [.foreign($0.peer.sent)]).suffix($0.setup.cap))
        $0.peer.copy = []
        $0.peer.place = .renaming
      }
    case .renaming:
      add(peerTemporary == nil ? "the 1.0 writer's rename fails" : "the 1.0 writer renames") {
        if let temporary = $0.peerTemporary { $0.replaceWindow(with: temporary) }
        $0.peerTemporary = nil
        $0.peer.place = .unlocking
      }
    case .unlocking:
      add("the 1.0 writer unlocks") {
        $0.lock = nil
        $0.peer = Peer(place: .locking, sent: $0.peer.sent + 1)
      }
    case .done, .dead: break
    }
  }

  private mutating func lockForPeer() {
    lock = .peer
    peer.place = .reading
  }

  func addStepsOfImporter(_ add: (String, (inout ProjectionWorld) -> Void) -> Void) {
    if let orphan = orphans.first, projectLock == nil {
      add("the importer takes in what a dead projector left") {
        $0.orphans.removeFirst()
        if has(.orphansAreImported) { $0.importElements(of: orphan) }
      }
    }
    guard has(.importerNeverWritesProjected) else { return addStepsOfLateImporter(add) }
    guard projected?.version != windowVersion else { return }
    add("the importer imports") { world in
      let before = world.journal
      world.importElements(of: window)
      // Nothing new is no step: it would only repeat.
      if world.journal == before { world = self }
    }
  }

  /// An importer that looks first, imports later, and then says in `projected` that it has seen the window.
  private func addStepsOfLateImporter(_ add: (String, (inout ProjectionWorld) -> Void) -> Void) {
    if let version = importerVersion {
      add("the late importer imports and writes projected") {
        $0.importElements(of: importerContent)
        $0.projected?.version = version
        $0.importerVersion = nil
        $0.importerContent = []
      }
    } else if projected != nil, projected?.version != windowVersion {
      add("the late importer looks") {
        $0.importerVersion = windowVersion
        $0.importerContent = window
      }
    }
  }

  // MARK: What must never be

  func faults(isAtRest: Bool) -> Set<String> {
    var faults = harm
    if hasTwice(journal.compactMap { $0 }) { faults.insert("a message is in the journal twice") }
    if hasTwice(window) { faults.insert("a message is in the window twice") }
    guard isAtRest else { return faults }
    if natives.contains(where: { $0.life == .alive }) { faults.insert("a native waits for ever") }
    let swept = sweptByALiveNative()
    if hasTwice(swept.journal.compactMap { $0 }) { faults.insert("a message is in the journal twice") }
    if Set(swept.window) != swept.owed() { faults.insert("after all came to rest the window is not what it owes") }
    if hasTwice(swept.window) { faults.insert("a message is in the window twice") }
    let total = natives.count + Int(setup.foreignCount)
    let held = Set(swept.journal.compactMap { $0 })
    // With room for all of them and nobody clearing, no foreign message that was visible may be missing.
    if total <= setup.cap, clears == 0, !shown.isSubset(of: held), !wasCleared {
      faults.insert("a message that was visible never came into the journal")
    }
    return faults
  }

  /// Whether some window of this world was cleared, by whomever.
  private var wasCleared: Bool { floor > .none || cleared }

  private func hasTwice(_ elements: [Element]) -> Bool { Set(elements).count < elements.count }

  /// What the sweep of any live native makes of this state.
  private func sweptByALiveNative() -> ProjectionWorld {
    var world = self
    let place = world.natives.count
    let newest = SequenceNumber(UInt64(journal.count))
    let run = ProjectionRun(until: newest, rules: rules)
    world.natives.append(Native(life: .alive, run: run, action: run.start, number: newest))
    world.importElements(of: world.window)
    while world.natives[place].life == .alive, let action = world.natives[place].action {
      let before = world
      if action == .takeWindowLock {
        world.takeLock(place, robbing: false)
        world.feed(place) { $0.windowLockTaken() }
      } else {
        world.execute(action, for: place)
      }
      if world == before { break }
    }
    return world
  }

  /// Gives the versions of files the lowest numbers in a fixed order, so that equal states are equal.
  mutating func renumber() {
    var numbers: [Int: Int] = [:]
    func number(_ version: Int) -> Int {
      if let known = numbers[version] { return known }
      numbers[version] = numbers.count
      return numbers.count - 1
    }
    windowVersion = number(windowVersion)
    if let version = projected?.version { projected?.version = number(version) }
    for place in natives.indices {
      natives[place].spliced = natives[place].spliced.map(number)
      natives[place].staged = natives[place].staged.map(number)
    }
    importerVersion = importerVersion.map(number)
  }
}
