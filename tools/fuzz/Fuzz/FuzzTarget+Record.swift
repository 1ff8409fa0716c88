internal import ChannelMessages
internal import ChannelModel

extension FuzzTarget {
  /// One journal record.
  ///
  /// Memory: none but the copy that gets a right checksum.
  static let record = FuzzTarget(
    name: "record",
    maximumLength: 512,
    allocationBase: 1 << 10,
    allocationPerByte: 1,
    seeds: ["disk/segment.hex", "disk/segment-after-failed-flush.hex"]
  ) { bytes in
    let seed = JournalRecord.seed(of: UniqueID(high: 1, low: 2))
    checkFinding(JournalRecord.find(in: bytes, at: 0, seed: seed), in: bytes, seed: seed)
    let mended = uncounted { Mending.records(bytes, from: 0, seed: seed) }
    checkFinding(JournalRecord.find(in: mended, at: 0, seed: seed), in: mended, seed: seed)
  }

  private static func checkFinding(_ finding: JournalRecord.Finding, in bytes: [UInt8], seed: UInt32) {
    uncounted {
      switch finding {
      case .record(let record): checkRecord(record, in: bytes, seed: seed)
      case .incomplete(let needed):
        check(needed > bytes.count && needed <= JournalRecord.highestByteCount, "what is incomplete needs more")
      case .broken: break
      }
    }
  }

  private static func checkRecord(_ record: JournalRecord, in bytes: [UInt8], seed: UInt32) {
    check(record.content.upperBound <= bytes.count, "a record lies in its bytes")
    let draft: JournalDraft
    switch record.kind {
    case .message, .foreign, .recovered: draft = .message(Array(bytes[record.content]), kind: record.kind)
    case .gap:
      guard let gap = record.gap(in: bytes) else { return check(false, "a gap says which") }
      draft = .gap(gap)
    case .cleared:
      guard let floor = record.floor(in: bytes) else { return check(false, "a clear says its floor") }
      draft = .cleared(floor: floor)
    case .seal: return
    }
    var encoded: [UInt8] = []
    draft.encode(as: record.sequenceNumber, at: record.time, flags: record.flags, seed: seed, to: &encoded)
    check(encoded == Array(bytes[..<record.content.upperBound]), "a record encodes to what it was")
  }
}
