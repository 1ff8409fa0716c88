// The journal's records one by one, out of the stretches that were read.

internal import ChannelMessages
internal import ChannelModel

/// Hands out the records of a journal in their order, and keeps the gaps that were met until somebody is told.
struct RecordStream {
  private let reader: JournalReader
  /// The stretch that was read last and its records; none when all of them were handed out and more was looked for.
  private var bytes: [UInt8] = []
  private var records: [JournalRecord] = []
  private var place = 0
  private var owedGaps = OwedGaps()
  /// The journal that the records are of, and how often it was found to be another one.
  private(set) var journal: UniqueID
  private(set) var epoch: UInt32 = 0

  /// Begins behind a seq of a journal, or with all that is retained; see `JournalFollower`. Nil is for one that nobody has
  /// begun yet.
  init(_ folder: DirectionFolder, of journal: UniqueID?, after last: SequenceNumber, isOwedAll: Bool = true) {
    reader = JournalReader(folder, after: last, of: journal, isOwedAll: isOwedAll)
    self.journal = journal ?? UniqueID(high: 0, low: 0)
  }

  /// The highest seq that was handed out or passed, or is about to be.
  var last: SequenceNumber { reader.last }

  /// Whether everything up to there was handed out.
  func hasPassed(_ end: JournalPlace) -> Bool { place >= records.count && reader.hasRead(to: end) }

  /// What the record carries which `peek` showed.
  var content: [UInt8] { place < records.count ? Array(bytes[records[place].content]) : [] }

  /// The next record, the same one until `advance`; nil when nothing is new.
  mutating func peek(_ depth: LookDepth = .thorough) throws(ChannelError) -> JournalRecord? {
    if place < records.count { return records[place] }
    return try peekFurther(depth)
  }

  private mutating func peekFurther(_ depth: LookDepth) throws(ChannelError) -> JournalRecord? {
    while true {
      // Let go of before the next is read: a reader at rest holds no bytes.
      bytes = []
      records = []
      place = 0
      guard let next = try reader.next(depth) else { return nil }
      if let found = reader.identifier, found != journal {
        journal = found
        epoch &+= 1
      }
      if let gap = next.gap { note(gap) }
      guard let first = next.records.first else { continue }
      bytes = next.bytes
      records = next.records
      return first
    }
  }

  /// Goes on behind the record that `peek` showed, noting what it says of missing messages.
  mutating func advance() {
    guard place < records.count else { return }
    if records[place].kind == .gap, let gap = records[place].gap(in: bytes) { note(gap) }
    place += 1
  }

  /// The records of this stretch from the one that `peek` showed on.
  var rest: ArraySlice<JournalRecord> { records[place...] }

  /// The message that the record carries which `peek` showed; nil when it is none, which is noted as damage.
  mutating func message() -> Message? {
    guard place < records.count else { return nil }
    let record = records[place]
    if let message = Self.message(in: bytes.span.extracting(record.content)) { return message }
    note(GapNotice(.damage, from: record.sequenceNumber, through: record.sequenceNumber))
    return nil
  }

  /// The message that some bytes are; nil when they are none.
  static func message(in content: Span<UInt8>) -> Message? {
    guard let index = try? MessageIndex(element: content, findsDuplicates: false) else { return nil }
    return Message(index, in: content)
  }

  mutating func note(_ gap: GapNotice) { owedGaps.note(gap) }

  /// What is missing before the next message.
  var gaps: [GapNotice] { owedGaps.notices }

  /// Takes back what turned out to be missing to others alone.
  mutating func forgetGaps(_ reason: GapNotice.Reason) { owedGaps.forget(reason) }

  mutating func takeGaps() -> [GapNotice] { owedGaps.take() }
}
