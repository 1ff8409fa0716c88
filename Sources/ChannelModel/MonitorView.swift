// What a monitor delivers of what 1.0 programs write.

/// Merges two sources of one and the same foreign messages: the window, where a 1.0 program puts them, and the journal, into
/// which somebody who may write takes them in, sooner, later or never. Each message is new once, wherever it is met first.
///
/// The journal's records are told apart as `Import` tells elements apart: the n-th equal one is the n-th of the window.
package struct MonitorView: Sendable {
  /// What becomes of a record of the journal.
  package enum Verdict: Hashable, Sendable {
    case new
    /// It was met in a window, as this.
    case shown(ElementIdentity)
  }

  /// What those who import remembered when the monitor began; it says nothing of what came since.
  private let imported: ImportedIDs?
  /// The foreign records of the journal since then.
  private var appended: RecentHashes
  /// Elements of windows: they lay there at the beginning, or were delivered.
  private var shown: RecentHashes
  /// Seqs of ours that were delivered from a window because the journal had lost them.
  private var recovered: RecentHashes
  /// How many equal ones there are of those that are many.
  private var places: [UInt64: Int] = [:]
  private var previous: [ElementIdentity?]?
  private let room: Int

  package init(imported: ImportedIDs? = nil, room: Int = ImportedIDs.leastHashCount) {
    self.imported = imported
    self.room = room
    appended = RecentHashes(room: room)
    shown = RecentHashes(room: room)
    recovered = RecentHashes(room: room)
  }

  private func remembers(_ hash: UInt64) -> Bool {
    shown.contains(hash) || appended.contains(hash) || imported?.contains(hash) == true
  }

  // MARK: The window

  /// Takes note of what lay in the window when the monitor began: it was sent before.
  package mutating func began(with content: [ElementIdentity?]) {
    remember(content)
    previous = content
  }

  /// What is new in a window, in its order; `last` is the newest seq that was read from the journal.
  package func plan(
    _ content: [ElementIdentity?],
    last: SequenceNumber,
    mayHoldLostRecords: Bool
  ) -> Import {
    let plan = Import(
      of: content,
      knowing: Import.Knowledge(
        remembers: remembers,
        last: last,
        previous: previous,
        answersForBefore: !appended.isEmpty || imported.map { $0.completeThrough > .none } ?? false,
        mayHoldLostRecords: mayHoldLostRecords
      )
    )
    let items = plan.items.filter { item in
      guard case .own(let number) = content[item.place] else { return true }
      return !recovered.contains(number.rawValue)
    }
    return Import(items: items, unreadable: plan.unreadable, gap: plan.gap)
  }

  /// Takes note that this of a window is delivered.
  package mutating func take(_ plan: Import, of content: [ElementIdentity?]) {
    for item in plan.items {
      if case .own(let number) = content[item.place] { recovered.insert(number.rawValue) }
    }
    began(with: content)
  }

  /// Takes note of a window without elements.
  package mutating func sawNone() { previous = [] }

  /// All that stands in a window stays remembered as long as it does, so that no length of time makes it new.
  private mutating func remember(_ content: [ElementIdentity?]) {
    shown.makeRoom(forWindowOf: content.count)
    for identity in content {
      if case .foreign(let hash) = identity, imported?.contains(hash) != true { shown.insert(hash) }
    }
  }

  // MARK: The journal

  /// Takes the next foreign record of the journal.
  package mutating func meet(_ traits: ForeignTraits, _ key: ChannelKey) -> Verdict {
    let base = key.memory(of: traits, place: 0)
    var place = places[base, default: 0]
    var hash = place == 0 ? base : key.memory(of: traits, place: place)
    while appended.contains(hash) || imported?.contains(hash) == true {
      place += 1
      hash = key.memory(of: traits, place: place)
    }
    // Without it a program that gives all its messages one id and one time would have each looked for behind all others.
    if place > 0 {
      if places.count >= room { places = [:] }
      places[base] = place + 1
    }
    appended.insert(hash)
    return shown.contains(hash) ? .shown(.foreign(hash)) : .new
  }

  /// Takes a record of ours, or one that was recovered, by the seq that its id proves.
  package func meet(_ number: SequenceNumber) -> Verdict {
    recovered.contains(number.rawValue) ? .shown(.own(number)) : .new
  }
}
