// The reader, retention and power loss, and what must never be.

import ChannelModel

extension JournalWorld {
  mutating func readOn() {
    switch reader.action {
    case .wait:
      // Waking without anything new must change nothing, or no search would ever end.
      var woken = self
      woken.reader.action = woken.reader.follower.wake()
      woken.readOnOnce()
      woken.readOnOnce()
      if woken.reader.action != .wait || woken.delivered != delivered { self = woken }
    case .list, .read:
      readOnOnce()
    }
  }

  private mutating func readOnOnce() {
    switch reader.action {
    case .wait: return
    case .list:
      let delivery = reader.follower.list(segments.keys.map { SequenceNumber($0) })
      reader.hasJustListed = delivery.next != .wait
      reader.action = delivery.next
    case .read(let segment, let offset, _):
      guard let content = segments[segment.rawValue], content.count >= offset else {
        reader.action = reader.follower.segmentIsGone()
        return
      }
      var bytes = Array(content[offset...])
      if !has(.segmentIsReadOutBeforeMovingOn), reader.hasJustListed, offset > SegmentHeader.byteCount {
        bytes = reader.lastRead
      }
      if !has(.batchesAreWholeOrNotThere) { bytes = JournalWorld.withEveryRecordABatch(bytes) }
      reader.hasJustListed = false
      let delivery = reader.follower.read(bytes, isWhole: true, seed: Self.seed)
      // What is left to read when nothing was delivered; at a new place nothing was read yet.
      reader.lastRead = delivery.records.isEmpty && delivery.next == .list ? bytes : []
      for record in delivery.records {
        if record.kind.carriesMessage { delivered.append(Array(bytes[record.content])) }
        reader.cursor = max(reader.cursor, record.sequenceNumber)
      }
      reader.action = delivery.next
    }
  }

  mutating func restartReader() {
    reader = Reader(follower: JournalFollower(after: reader.cursor), cursor: reader.cursor)
  }

  mutating func retain() {
    let list = segments.keys.sorted().map { first -> Retention.Segment in
      let bytes = segments[first] ?? []
      let scan = BatchScan(
        bytes,
        from: SegmentHeader.byteCount,
        after: SequenceNumber(first).previous,
        seed: Self.seed
      )
      return Retention.Segment(
        first: SequenceNumber(first),
        last: scan.last,
        byteCount: bytes.count,
        newest: WallTime(nanoseconds: 0)
      )
    }
    let readers = [Retention.Reader(name: "worker", kind: .reader, through: reader.cursor)]
    let retention = Retention(keptForWindow: 1)
    for first in retention.removable(of: list, readers: readers, now: WallTime(nanoseconds: 0)) {
      segments[first.rawValue] = nil
    }
  }

  /// All segments but the oldest are gone, what is left of that one is cut, and everybody starts under another boot.
  mutating func losePower(keeping size: (Int) -> Int) {
    guard let oldest = segments.keys.min(), let bytes = segments[oldest] else { return }
    powerLosses -= 1
    boot += 1
    segments = [oldest: Array(bytes.prefix(size(bytes.count)))]
    locks = [:]
    // Without a flush nothing acknowledged is promised.
    acknowledged = []
    for place in writers.indices where writers[place].life != .dead {
      let wasWriting = writers[place].isPlanned
      writers[place] = Writer(sent: writers[place].sent + (wasWriting ? 1 : 0))
    }
    restartReader()
  }

  /// Takes the batch flag's meaning away: every record counts as the last of its batch.
  private static func withEveryRecordABatch(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var offset = 0
    while case .record(let record) = JournalRecord.find(in: bytes, at: offset, seed: seed) {
      if record.kind.carriesMessage {
        JournalDraft.message(Array(bytes[record.content]), kind: record.kind).encode(
          as: record.sequenceNumber,
          at: record.time,
          flags: record.flags.union(.lastOfBatch),
          seed: seed,
          to: &result
        )
      } else {
        result += bytes[offset..<record.content.upperBound]
      }
      offset = record.content.upperBound
    }
    return result + bytes[offset...]
  }

  // MARK: What must never be

  func faults(isAtRest: Bool) -> Set<String> {
    var faults = harm
    var numbers: [SequenceNumber] = []
    for (first, bytes) in segments {
      let before = SequenceNumber(first).previous
      numbers += BatchScan(bytes, from: SegmentHeader.byteCount, after: before, seed: Self.seed).records
        .filter { !$0.flags.contains(.copy) }.map(\.sequenceNumber)
    }
    if Set(numbers).count < numbers.count { faults.insert("two records have one seq") }
    if Set(delivered).count < delivered.count { faults.insert("a message is delivered twice") }
    if hasPartOfABatch { faults.insert("part of a batch is delivered") }
    guard isAtRest else { return faults }
    if !acknowledged.isSubset(of: delivered) { faults.insert("an acknowledged message is never delivered") }
    if writers.contains(where: { $0.life != .idle && $0.life != .dead }) { faults.insert("a writer waits for ever") }
    return faults
  }

  private var hasPartOfABatch: Bool {
    let sends = Dictionary(grouping: Set(delivered)) { $0[..<2] }
    // A dead writer's last batch either reached the reader whole or not at all; others may still be on their way.
    return sends.contains { name, records in
      let writer = writers[Int(name[0]) - 65]
      return records.count < setup.recordsInASend && writer.life == .dead
    }
  }
}
