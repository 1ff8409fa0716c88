// The journal's records one by one, out of the stretches that were read.

internal import ChannelMessages
internal import ChannelModel

/// Hands out the records of a journal in their order, and keeps the gaps that were met until somebody is told.
struct RecordStream {
  private let reader: JournalReader
  private var stretch: JournalReader.Stretch?
  private var place = 0
  /// What is missing before the next message.
  private(set) var gaps: [GapNotice] = []
  /// The journal that the records are of, and how often it was found to be another one.
  private(set) var journal: UniqueID
  private(set) var epoch: UInt32 = 0

  private static let highestGapCount = 64

  /// Begins behind a seq of a journal, or with all that is retained.
  init(_ folder: DirectionFolder, of journal: UniqueID, after last: SequenceNumber) {
    reader = JournalReader(folder, after: last, of: journal)
    self.journal = journal
  }

  /// The next record, the same one until `advance`; nil when nothing is new.
  mutating func peek(_ depth: LookDepth = .thorough) throws(ChannelError) -> JournalRecord? {
    if let stretch, place < stretch.records.count { return stretch.records[place] }
    return try peekFurther(depth)
  }

  private mutating func peekFurther(_ depth: LookDepth) throws(ChannelError) -> JournalRecord? {
    while true {
      // Let go of before the next is read: a reader at rest holds no bytes.
      stretch = nil
      place = 0
      guard let next = try reader.next(depth) else { return nil }
      if let found = reader.identifier, found != journal {
        journal = found
        epoch &+= 1
      }
      if let gap = next.gap { note(gap) }
      guard let first = next.records.first else { continue }
      stretch = next
      return first
    }
  }

  /// Goes on behind the record that `peek` showed, noting what it says of missing messages.
  mutating func advance() {
    guard let stretch else { return }
    if stretch.records[place].kind == .gap, let gap = stretch.records[place].gap(in: stretch.bytes) { note(gap) }
    place += 1
  }

  /// The records of this stretch from the one that `peek` showed on.
  var rest: ArraySlice<JournalRecord> { stretch.map { $0.records[place...] } ?? [] }

  /// The message that the record carries which `peek` showed; nil when it is none, which is noted as damage.
  mutating func message() -> Message? {
    guard let stretch else { return nil }
    let record = stretch.records[place]
    let bytes = stretch.bytes
    let content = bytes.span.extracting(record.content)
    if let index = try? MessageIndex(element: content) { return Message(index, in: content) }
    note(GapNotice(.damage, from: record.sequenceNumber, through: record.sequenceNumber))
    return nil
  }

  mutating func note(_ gap: GapNotice) {
    // Nobody ever had these seqs: nothing is missing.
    guard gap.reason != .unused else { return }
    if gaps.count == Self.highestGapCount, let former = gaps.popLast() {
      gaps.append(GapNotice(gap.reason, from: min(former.first, gap.first), through: max(former.last, gap.last)))
    } else {
      gaps.append(gap)
    }
  }

  mutating func takeGaps() -> [GapNotice] {
    guard !gaps.isEmpty else { return [] }
    defer { gaps = [] }
    return gaps
  }

  /// Goes on in a channel that was opened again.
  func reopen(_ folder: DirectionFolder) {
    reader.reopen(folder)
  }
}
