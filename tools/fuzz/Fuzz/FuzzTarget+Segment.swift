internal import ChannelMessages
internal import ChannelModel

extension FuzzTarget {
  /// A whole segment, read for its tail and followed by a reader.
  ///
  /// Memory: a record of 26 bytes has an entry of 48 in an array that doubles, once in the scan, once in the delivery, and
  /// the reader reads again from wherever it steps over something.
  static let segment = FuzzTarget(
    name: "segment",
    maximumLength: 2_048,
    allocationBase: 64 << 10,
    allocationPerByte: 256,
    seeds: ["disk/segment.hex", "disk/segment-after-failed-flush.hex"]
  ) { bytes in
    readSegment(bytes)
    let mended = uncounted { mendedSegment(bytes) }
    if let mended { readSegment(mended) }
  }

  private static func mendedSegment(_ bytes: [UInt8]) -> [UInt8]? {
    guard let mended = Mending.file(bytes, as: .segment, checksumAt: 48) else { return nil }
    let seed = JournalRecord.seed(of: UniqueID(Array(mended[8..<24])))
    return Mending.records(mended, from: SegmentHeader.byteCount, seed: seed)
  }

  private static func readSegment(_ bytes: [UInt8]) {
    guard let tail = try? JournalTail(reading: bytes) else { return }
    let delivered = follow(bytes, tail.header)
    uncounted {
      check(tail.end >= SegmentHeader.byteCount && tail.end <= bytes.count, "a tail ends in its segment")
      check(tail.torn.map { $0 == tail.end..<bytes.count } ?? true, "what is torn is the rest")
      check(delivered.allSatisfy { $0 <= tail.last.rawValue }, "a reader sees nothing that repair would cut")
      let repaired = try? JournalTail(reading: Array(bytes[..<tail.end]))
      check(repaired?.last == tail.last && repaired?.end == tail.end, "what repair keeps stays whole")
      guard !tail.isDamaged, tail.sealedTo == nil, repaired?.torn == nil else { return }
      checkAppend(to: tail, Array(bytes[..<tail.end]))
    }
  }

  private static func checkAppend(to tail: JournalTail, _ bytes: [UInt8]) {
    let now = JournalTail.Circumstances(
      boot: tail.header.boot,
      time: WallTime(nanoseconds: 1),
      segmentLimit: .max
    )
    guard let plan = try? tail.plan([.message([1]), .message([2])], under: now) else {
      return check(tail.last > SequenceNumber(SequenceNumber.highest.rawValue - 2), "there are seqs left")
    }
    guard case .append(let record, at: tail.end) = plan.steps.last else { return check(false, "it is appended") }
    let read = try? JournalTail(reading: bytes + record)
    check(read?.last == plan.numbers.upperBound && read?.torn == nil, "what was appended is read")
  }

  /// What a reader is given of a segment that a newer one follows.
  private static func follow(_ bytes: [UInt8], _ header: SegmentHeader) -> [UInt64] {
    let seed = JournalRecord.seed(of: header.journal)
    var follower = JournalFollower(after: .none)
    var action = JournalFollower.Action.list
    var delivered: [UInt64] = []
    var steps = 0
    while action != .wait {
      steps += 1
      check(steps < 4 * bytes.count + 100, "a reader comes to rest")
      switch action {
      case .wait: break
      case .list: action = follower.list([header.first, .highest]).next
      case .read(let segment, let offset, _):
        guard segment == header.first, offset <= bytes.count else {
          if segment == .highest { return delivered }
          action = follower.segmentIsGone()
          continue
        }
        let rest = uncounted { Array(bytes[offset...]) }
        let delivery = follower.read(rest, isWhole: true, seed: seed)
        delivered += delivery.records.map(\.sequenceNumber.rawValue)
        action = delivery.next
      }
    }
    return delivered
  }
}
