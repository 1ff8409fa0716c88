// What goes from a window into the journal.

/// Which elements of a window the journal does not have yet.
///
/// Whoever asks holds the journal's lock and has read the window under it: an older look could bring back what the
/// memory has already let go.
package struct Import: Hashable, Sendable {
  /// One element to append.
  package struct Item: Hashable, Sendable {
    /// Its place in the window.
    package let place: Int
    package let kind: JournalRecord.Kind
  }

  /// In the order of the window.
  package let items: [Item]
  /// Places of elements that are no messages: each is kept in quarantine, and its neighbours are taken in.
  package let unreadable: [Int]
  /// Set when messages were pushed out of the window before anybody saw them.
  package let gap: GapNotice?

  /// What the journal's lock holder knows.
  package struct Knowledge {
    /// Whether a foreign message's hash was imported before.
    package let remembers: (UInt64) -> Bool
    /// The journal's highest seq.
    package let last: SequenceNumber
    /// Elements of the window before this one, none of an empty one; nil when nobody here has seen one.
    package let previous: [ElementIdentity?]?
    /// Whether whoever asks answers for the time before this window: what it has let go of since is not to go unsaid.
    package let answersForBefore: Bool
    /// The window is from before a power loss that may have taken records of ours.
    package let mayHoldLostRecords: Bool

    package init(
      remembers: @escaping (UInt64) -> Bool,
      last: SequenceNumber,
      previous: [ElementIdentity?]? = nil,
      answersForBefore: Bool = false,
      mayHoldLostRecords: Bool = false
    ) {
      self.remembers = remembers
      self.last = last
      self.previous = previous
      self.answersForBefore = answersForBefore
      self.mayHoldLostRecords = mayHoldLostRecords
    }
  }

  package init(items: [Item], unreadable: [Int], gap: GapNotice?) {
    self.items = items
    self.unreadable = unreadable
    self.gap = gap
  }

  /// A window of so many elements is full: a 1.0 writer has perhaps cut what came before.
  package static let fullWindow = 100

  /// Takes the elements of a window, nil for those that are no messages.
  package init(of content: [ElementIdentity?], knowing knowledge: Knowledge) {
    var items: [Item] = []
    var unreadable: [Int] = []
    for (place, identity) in content.enumerated() {
      switch identity {
      case nil: unreadable.append(place)
      case .own(let number):
        if knowledge.mayHoldLostRecords, number > knowledge.last { items.append(Item(place: place, kind: .recovered)) }
      case .foreign(let hash):
        if !knowledge.remembers(hash) { items.append(Item(place: place, kind: .foreign)) }
      }
    }
    self.items = items
    self.unreadable = unreadable
    gap = Self.isOverrun(content, knowledge) ? GapNotice(.windowOverrun) : nil
  }

  /// Whether more may have been written than the window holds since anybody looked: it is full, and nothing in it was
  /// there before, be it that nothing was.
  private static func isOverrun(_ content: [ElementIdentity?], _ knowledge: Knowledge) -> Bool {
    guard content.count >= fullWindow else { return false }
    let isKnown = content.contains { identity in
      switch identity {
      case .foreign(let hash): knowledge.remembers(hash)
      // Whoever put ours there took in what there was, and what came since pushed it out only if it was a hundred.
      case .own: true
      case nil: false
      }
    }
    if isKnown { return false }
    guard let previous = knowledge.previous else { return knowledge.answersForBefore }
    return Set(previous.compactMap { $0 }).isDisjoint(with: content.compactMap { $0 })
  }
}
