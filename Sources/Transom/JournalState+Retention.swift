// Making room: what every reader has passed goes, and senders wait for those who lag.

internal import ChannelModel
internal import LinuxIO

extension JournalState {
  /// Somebody may make a file of any length without writing a byte; sums of these stay what an integer holds.
  private static let highestBelievedByteCount: Int64 = 1 << 40

  /// Nil when there is room for so many bytes more, once what may go is gone; else who is in the way.
  mutating func makeRoom(
    for byteCount: Int,
    _ purpose: Retention.Purpose,
    limit: Int
  ) throws(ChannelError) -> Journal.Attempt? {
    guard let end = newest?.tail.end else { preconditionFailure("a settled journal has a newest segment") }
    let list = try listed()
    let closed = list.reduce(0) { $0 + $1.byteCount } - end
    closedByteCount = closed
    if closed + end + byteCount <= limit { return nil }
    let (segments, readers) = try retain(list, now.time)
    switch retention.room(for: byteCount, purpose: purpose, segments: segments, readers: readers) {
    case .free: return nil
    case .full(let laggard, let lag): return .full(laggard: laggard, lag: lag)
    }
  }

  /// Removes what may go, after a roll-over. What cannot be looked at now stays until the next.
  mutating func retainAtRollOver(_ time: WallTime) {
    guard let list = try? listed() else { return }
    _ = try? retain(list, time)
  }

  /// Removes what may go, and says what stays and for whom.
  private mutating func retain(
    _ list: [Retention.Segment],
    _ time: WallTime
  ) throws(ChannelError) -> (segments: [Retention.Segment], readers: [Retention.Reader]) {
    guard let known = newest else { preconditionFailure("a settled journal has a newest segment") }
    let journal = known.tail.header.journal
    let readers = try RegisteredReader.all(in: place.readers).map {
      Retention.Reader(name: $0.name, kind: $0.kind, through: $0.through(of: journal))
    }
    let removable = retention.removable(of: list, readers: readers, now: time)
    for first in removable {
      let name = ChannelLayout.segment(beginningAt: first)
      try ChannelError.calls(at: place.journal.path) { () throws(SystemError) in
        try place.journal.unlinkIfThere(name)
      }
    }
    let kept = list.filter { !removable.contains($0.first) }
    closedByteCount = kept.reduce(0) { $0 + $1.byteCount } - known.tail.end
    return (kept, readers)
  }

  /// The segments as they lie there, oldest first.
  func listed() throws(ChannelError) -> [Retention.Segment] {
    guard let known = newest else { preconditionFailure("a settled journal has a newest segment") }
    return try Self.list(try numbers(), through: known.tail, in: place.journal)
  }

  /// Lists segments up to the one that ends so.
  static func list(
    _ numbers: [SequenceNumber],
    through tail: JournalTail,
    in journal: Directory
  ) throws(ChannelError) -> [Retention.Segment] {
    let numbers = numbers.filter { $0 <= tail.header.first }.sorted()
    var list: [Retention.Segment] = []
    for (place, first) in numbers.enumerated() {
      let isNewest = place == numbers.count - 1
      let facts = try ChannelError.calls(at: journal.path) { () throws(SystemError) in
        try journal.facts(of: ChannelLayout.segment(beginningAt: first))
      }
      guard let facts, facts.kind == .regular else { continue }
      list.append(
        Retention.Segment(
          first: first,
          last: isNewest ? tail.last : numbers[place + 1].previous,
          byteCount: isNewest ? tail.end : Int(min(facts.stamp.size, Self.highestBelievedByteCount)),
          newest: WallTime(facts.stamp.modified)
        )
      )
    }
    return list
  }
}
