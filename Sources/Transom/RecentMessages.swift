// The newest messages of a journal, as a projector needs them.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// Follows a journal and keeps the messages that its window may owe.
struct RecentMessages {
  private let folder: DirectionFolder
  private let reader: JournalReader
  /// Oldest first.
  private(set) var entries: [Projection.Entry] = []
  private var texts: [[UInt8]] = []
  /// Foreign messages by what is the same about equal ones, 0 for ours.
  private var bases: [UInt64] = []
  /// How many equal ones are kept.
  private var equals: [UInt64: Int] = [:]
  /// The floor of the newest cleared record.
  private(set) var floor = SequenceNumber.none

  /// No window is larger, so nothing that lies further back is owed.
  private static let highestByteCount: Int64 = 64 << 20

  /// So many are kept at most that are owed no more; as many as a window mostly has twice over.
  private static let slack = 200

  /// Begins as far back as a window may reach.
  init(_ folder: DirectionFolder, rules: Projection.Rules) throws(ChannelError) {
    let segments = try folder.log.segments()
    var byteCount: Int64 = 0
    var found: RecentMessages?
    // Mostly the newest segment has all of it.
    for first in segments.reversed() {
      var attempt = RecentMessages(folder, after: first.previous)
      try attempt.follow(rules: rules)
      found = attempt
      let facts = try? folder.journal.facts(of: ChannelLayout.segment(beginningAt: first))
      byteCount += facts?.stamp.size ?? 0
      if attempt.entries.count >= rules.count || byteCount > Self.highestByteCount { break }
    }
    self = found ?? RecentMessages(folder, after: .none)
  }

  private init(_ folder: DirectionFolder, after last: SequenceNumber) {
    self.folder = folder
    reader = JournalReader(folder, after: last)
  }

  /// The journal that was read last.
  var journal: UniqueID? { reader.identifier }
  /// Up to where it was read.
  var place: JournalPlace { reader.place }

  /// Reads on to the journal's end; up to one seq no more is looked for than is there at the first look.
  mutating func follow(until wanted: SequenceNumber? = nil, rules: Projection.Rules) throws(ChannelError) {
    if let wanted {
      while reader.last < wanted, let stretch = try reader.next(.glance) { try take(stretch, rules) }
    }
    if wanted.map({ reader.last < $0 }) ?? true {
      while let stretch = try reader.next() { try take(stretch, rules) }
    }
    trim(rules)
  }

  /// Takes a message that this process has just appended, unless others lie before it that were not read: then it is read
  /// like those.
  mutating func take(_ appended: Journal.Appended) {
    guard let draft = appended.drafts.first, draft.kind == .message, reader.pass(appended) else { return }
    let number = appended.numbers.lowerBound
    let ids = OwnIDs(key: folder.key, direction: folder.direction)
    keep(draft.content(as: number, ids: ids), of: .own(number), base: 0, number, appended.time)
  }

  /// A message that joins a window.
  struct Joining {
    let number: SequenceNumber
    let identity: ElementIdentity
    let text: [UInt8]
  }

  /// The texts of those that are kept, as ordered as they are here.
  func texts(of numbers: [SequenceNumber]) -> [Joining] {
    guard let first = numbers.first, var place = entries.lastIndex(where: { $0.number == first }) else { return [] }
    var found: [Joining] = []
    found.reserveCapacity(numbers.count)
    for number in numbers {
      while place < entries.count, entries[place].number != number { place += 1 }
      guard place < entries.count else { break }
      found.append(Joining(number: number, identity: entries[place].identity, text: texts[place]))
    }
    return found
  }

  private mutating func take(_ stretch: JournalReader.Stretch, _ rules: Projection.Rules) throws(ChannelError) {
    // Of a flood that nobody needs only the newest are kept, and not even looked at before.
    var skipped = 0
    if rules.grace == nil, stretch.records.count > rules.count {
      skipped = max(0, stretch.records.count { $0.kind.carriesMessage } - rules.count)
    }
    for record in stretch.records {
      switch record.kind {
      case .message, .foreign, .recovered:
        if skipped > 0 { skipped -= 1 } else { take(record, in: stretch.bytes) }
      case .cleared:
        if let cleared = record.floor(in: stretch.bytes) { floor = max(floor, cleared) }
      case .gap, .seal: break
      }
    }
    if entries.count > 2 * (rules.count + Self.slack) { trim(rules) }
  }

  private mutating func take(_ record: JournalRecord, in bytes: [UInt8]) {
    let text = Array(bytes[record.content])
    guard let (identity, base) = identity(of: record, text) else { return }
    keep(text, of: identity, base: base, record.sequenceNumber, record.time)
  }

  private mutating func keep(
    _ text: [UInt8],
    of identity: ElementIdentity,
    base: UInt64,
    _ number: SequenceNumber,
    _ time: WallTime
  ) {
    entries.append(Projection.Entry(number: number, identity: identity, byteCount: text.count, appended: time))
    texts.append(text)
    bases.append(base)
    if base != 0 { equals[base, default: 0] += 1 }
  }

  /// Who a message is in a window; nil for one that no window may show.
  private func identity(of record: JournalRecord, _ text: [UInt8]) -> (ElementIdentity, base: UInt64)? {
    if record.kind == .message { return (.own(record.sequenceNumber), 0) }
    guard let index = try? MessageIndex(element: text), index.hazard == nil else { return nil }
    let id = index.id
    if let proof = UniqueID(text: text, at: id.lowerBound, count: id.count),
      let number = folder.key.sequenceNumber(provenBy: proof, in: folder.direction)
    {
      return (.own(number), 0)
    }
    let traits = ForeignTraits(index, in: text)
    let base = folder.key.memory(of: traits, place: 0)
    let place = equals[base, default: 0]
    return (.foreign(place == 0 ? base : folder.key.memory(of: traits, place: place)), base)
  }

  private mutating func trim(_ rules: Projection.Rules) {
    guard entries.count > rules.count + Self.slack else { return }
    let owed = Projection.owed(of: entries, above: .none, rules: rules, now: folder.options.clock())
    // What the window still shows stays for a while after it is owed no more: only among what is here can the window be
    // recognised as a stretch of the journal. Besides, to move the rest to the front costs the less the less often it is.
    guard owed.startIndex > Self.slack else { return }
    let count = owed.startIndex - Self.slack / 2
    entries.removeFirst(count)
    texts.removeFirst(count)
    for base in bases[..<count] where base != 0 {
      let left = equals[base, default: 1] - 1
      equals[base] = left == 0 ? nil : left
    }
    bases.removeFirst(count)
  }
}
