// Reading whole batches out of a segment's bytes.

internal import ChannelMessages

/// What a stretch of a segment holds: the records of its whole batches, and why it stops.
///
/// Readers deliver and repair keeps only what is in `records`: a batch is whole or it is not there.
package struct BatchScan: Hashable, Sendable {
  /// Why a scan went no further.
  package enum Stop: Hashable, Sendable {
    /// The bytes end with a whole batch.
    case ended
    /// A record or a batch has begun and its rest is not there; so many bytes from `end` on would show more.
    case incomplete(needed: Int)
    case broken(JournalRecord.Fault)
    /// A sound record whose seq does not follow the one before it.
    case outOfOrder(found: SequenceNumber, expected: SequenceNumber)
    /// More than any batch may hold, and no end of it: nobody waits for that.
    case endlessBatch
    /// The segment ends here; the next one begins with this seq. `suspect` when a flush of this one failed.
    case sealed(next: SequenceNumber, suspect: Bool)
  }

  /// In the order of the file; a copy may carry a seq that came before.
  package private(set) var records: [JournalRecord] = []
  /// The offset behind the last whole batch.
  package private(set) var end: Int
  /// The highest seq up to `end`.
  package private(set) var last: SequenceNumber
  package private(set) var stop: Stop = .ended
  /// How far was looked for it; behind `end` when a batch has begun.
  package private(set) var reached: Int

  /// A batch holds so many messages, and perhaps a notice before them …
  package static let highestMessageCount = 1_024
  /// … and so many bytes, unless it is one longer message.
  package static let highestBatchByteCount = 8 << 20

  /// Scans `bytes` from `offset`, where a record begins that follows the seq `last`.
  package init(_ bytes: [UInt8], from offset: Int, after last: SequenceNumber, seed: UInt32) {
    end = offset
    reached = offset
    self.last = last
    stop = advance(through: bytes, seed: seed)
  }

  private mutating func advance(through bytes: [UInt8], seed: UInt32) -> Stop {
    var next = end
    var newest = last
    var kept = 0
    // Records of a batch whose end is not there are taken back.
    defer { records.removeLast(records.count - kept) }
    while next < bytes.count {
      guard records.count - kept <= Self.highestMessageCount,
        next - end <= Self.highestBatchByteCount + JournalRecord.highestByteCount
      else { return .endlessBatch }
      let record: JournalRecord
      switch JournalRecord.find(in: bytes, at: next, seed: seed) {
      case .record(let found): record = found
      case .incomplete(let needed): return .incomplete(needed: next - end + needed)
      case .broken(let fault): return .broken(fault)
      }
      let number = record.sequenceNumber
      if record.kind == .seal {
        guard kept == records.count, number > newest else {
          return .outOfOrder(found: number, expected: newest.next)
        }
        end = record.content.upperBound
        return .sealed(next: number, suspect: record.flags.contains(.suspect))
      }
      guard record.flags.contains(.copy) ? number <= newest : number == newest.next else {
        return .outOfOrder(found: number, expected: newest.next)
      }
      records.append(record)
      reached = record.content.upperBound
      newest = max(newest, number)
      next = record.content.upperBound
      if record.flags.contains(.lastOfBatch) {
        end = next
        last = newest
        kept = records.count
      }
    }
    // Of a batch whose end has not come, one more head at least is needed.
    return next == end ? .ended : .incomplete(needed: next - end + JournalRecord.headByteCount)
  }

  /// So many bytes may be summed in search of a sound record, for a whole segment: a peer may have laid out bytes that
  /// look like long records at every offset, and each look at one costs its length.
  package static let searchEffort = 256 << 20

  /// The next place, from `offset` on, where a whole batch or a seal lies whose seq is above `last`, and the seq that its
  /// first record follows; nil when there is none, or when `effort` is spent.
  ///
  /// Writer and reader both find their way behind damage by this: what one keeps the other sees.
  package static func nextWhole(
    in bytes: [UInt8],
    from offset: Int,
    after last: SequenceNumber,
    seed: UInt32,
    effort: inout Int
  ) -> (offset: Int, before: SequenceNumber)? {
    var offset = offset
    while let sound = nextSound(in: bytes, from: offset, after: last, seed: seed, effort: &effort) {
      let before = sound.record.sequenceNumber.previous
      let scan = BatchScan(bytes, from: sound.offset, after: before, seed: seed)
      // Charged whether it helps or not: the caller will read it once more.
      effort -= scan.reached - sound.offset
      if scan.end > sound.offset { return (sound.offset, before) }
      // A batch that has begun and not ended is lost as well; behind its record there may be a whole one.
      offset = sound.record.content.upperBound
    }
    return nil
  }

  /// The next sound record with a seq above `last`, looked for byte by byte; each byte passed costs one of `effort`.
  private static func nextSound(
    in bytes: [UInt8],
    from offset: Int,
    after last: SequenceNumber,
    seed: UInt32,
    effort: inout Int
  ) -> (offset: Int, record: JournalRecord)? {
    var place = offset
    while bytes.count - place >= JournalRecord.headByteCount {
      defer { place += 1 }
      effort -= 1
      guard effort >= 0 else { return nil }
      let length = Int(bytes.littleEndian(at: place, as: UInt32.self))
      guard length >= JournalRecord.headByteCount, length <= bytes.count - place else { continue }
      let number = SequenceNumber(bytes.littleEndian(at: place + 8))
      guard number > last, number.numbersARecord else { continue }
      effort -= length
      guard effort >= 0 else { return nil }
      if case .record(let record) = JournalRecord.find(in: bytes, at: place, seed: seed) { return (place, record) }
    }
    return nil
  }
}
