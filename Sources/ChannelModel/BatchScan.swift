// Reading whole batches out of a segment's bytes.

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

  /// Scans `bytes` from `offset`, where a record begins that follows the seq `last`.
  package init(_ bytes: [UInt8], from offset: Int, after last: SequenceNumber, seed: UInt32) {
    end = offset
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

  /// The offset of the next sound record with a seq above `last`, looked for byte by byte from `offset` on.
  ///
  /// A peer may have laid out bytes that look like long records at every offset; so the search gives up when it has
  /// summed sixteen times the bytes there are.
  package static func nextSound(
    in bytes: [UInt8],
    from offset: Int,
    after last: SequenceNumber,
    seed: UInt32
  ) -> (offset: Int, record: JournalRecord)? {
    guard offset < bytes.count else { return nil }
    var effort = 16 * (bytes.count - offset)
    for place in offset..<bytes.count where bytes.count - place >= JournalRecord.headByteCount {
      let length = Int(bytes.integer(at: place, as: UInt32.self))
      guard length >= JournalRecord.headByteCount, length <= bytes.count - place else { continue }
      let number = SequenceNumber(bytes.integer(at: place + 8))
      guard number > last, number.numbersARecord else { continue }
      effort -= length
      guard effort >= 0 else { return nil }
      if case .record(let record) = JournalRecord.find(in: bytes, at: place, seed: seed) { return (place, record) }
    }
    return nil
  }
}
