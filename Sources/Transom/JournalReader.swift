// Reading a journal from a seq on.

package import ChannelModel
internal import LinuxIO

/// Goes through a journal's segments; the shell around `JournalFollower`. Its owner guards it against other threads.
package final class JournalReader {
  /// What one look brought.
  package struct Stretch: Sendable {
    package let bytes: [UInt8]
    /// Their contents are ranges of `bytes`.
    package let records: [JournalRecord]
    /// What is missing before the records.
    package let gap: GapNotice?
  }

  /// Something about a segment that only who holds the journal's lock can put right.
  private struct Trouble: Equatable {
    var segment: SequenceNumber
    /// How far it reached then.
    var end: Int
  }

  private let folder: DirectionFolder
  private var files: SegmentReader
  private var follower: JournalFollower
  /// Told with the next stretch.
  private var owedGap: GapNotice?
  private var trouble: Trouble?
  /// The trouble that was met before: mostly a record that is being written, which lies there whole a moment later.
  private var suspected: Trouble?
  private var mended: Trouble?

  /// See `JournalFollower`.
  private var isOwedAll: Bool

  /// Begins behind a seq, or with all that is retained; `identifier` is the journal that the seq is of, where that is
  /// known.
  package init(
    _ folder: DirectionFolder,
    after last: SequenceNumber,
    of identifier: UniqueID? = nil,
    isOwedAll: Bool = false
  ) {
    self.folder = folder
    self.isOwedAll = isOwedAll
    files = SegmentReader(folder.journal, identifier: identifier)
    follower = JournalFollower(after: last, isOwedAll: isOwedAll)
  }

  /// The highest seq delivered or passed.
  package var last: SequenceNumber { follower.last }

  /// Up to where it was read.
  var place: JournalPlace { JournalPlace(segment: follower.segment, end: follower.offset) }

  /// Whether it has read as far as that.
  func hasRead(to end: JournalPlace) -> Bool { place >= end }

  /// The journal that was read last; nil before anything was.
  package var identifier: UniqueID? { files.identifier }

  /// Passes a message that this process has just appended, so that it need not be read; false when it does not lie where
  /// this reader is.
  func pass(_ appended: Journal.Appended) -> Bool {
    guard let draft = appended.drafts.first, appended.drafts.count == 1, identifier == appended.segment.header.journal,
      place == JournalPlace(segment: appended.segment.header.first, end: appended.end - draft.byteCount)
    else { return false }
    return follower.pass(appended.numbers.lowerBound, of: draft.byteCount)
  }

  private func startAgain() {
    files = SegmentReader(folder.journal, identifier: files.identifier)
    follower = JournalFollower(after: last, isOwedAll: isOwedAll)
  }

  /// The next records; nil when nothing is new now. Never waits.
  package func next() throws(ChannelError) -> Stretch? { try next(.thorough) }

  /// The next records, as far as a look of that depth sees them.
  func next(_ depth: LookDepth) throws(ChannelError) -> Stretch? {
    if depth == .atHand { return nil }
    var action = follower.wake()
    // Not while it reads a file. A notice of growth may be of one that is still to be found.
    if depth == .glance, action == .list { return nil }
    while true {
      let delivery: JournalFollower.Delivery
      var bytes: [UInt8] = []
      switch action {
      case .wait:
        guard isSuspectedFirst() || mend() else { return nil }
        action = follower.wake()
        continue
      case .list:
        guard try isCurrent() else {
          startAgain()
          action = follower.wake()
          continue
        }
        delivery = follower.list(try files.list())
      case .read(let segment, let offset, let least):
        switch try files.read(segment, at: offset, atLeast: least, depth) {
        case .bytes(let read, let isWhole, let seed):
          // That the journal goes on elsewhere is another notice's matter; that it was cut will not be told again.
          if depth < .thorough, read.isEmpty, depth == .glance || trouble == nil || trouble == mended { return nil }
          bytes = read
          delivery = follower.read(read, isWhole: isWhole, seed: seed)
          let isStuck = !read.isEmpty && delivery.records.isEmpty && delivery.next == .list
          if isStuck, depth == .glance { return nil }
          if isStuck {
            trouble = Trouble(segment: segment, end: offset + read.count)
          } else if !delivery.records.isEmpty || trouble?.end != 0 {
            // What is left of a segment that was cut shows nothing new, and is no sign that all is well.
            trouble = nil
          }
        case .gone:
          trouble = Trouble(segment: segment, end: 0)
          action = follower.segmentIsGone()
          continue
        case .unreadable:
          trouble = Trouble(segment: segment, end: 0)
          action = follower.segmentIsUnreadable()
          continue
        case .ofAnotherJournal(let first):
          // What is retained of it is read from its start, whatever was read of the one before.
          owedGap = GapNotice(.replaced)
          isOwedAll = false
          follower = JournalFollower(after: first.previous)
          action = follower.wake()
          continue
        }
      }
      action = delivery.next
      if !delivery.records.isEmpty || delivery.gap != nil { return stretch(bytes, delivery) }
    }
  }

  private func stretch(_ bytes: [UInt8], _ delivery: JournalFollower.Delivery) -> Stretch {
    var gap = delivery.gap
    if let owed = owedGap {
      owedGap = nil
      // The new journal's first record may say it itself.
      gap = delivery.records.first?.gap(in: bytes)?.reason == .replaced ? gap : owed
    }
    return Stretch(bytes: bytes, records: delivery.records, gap: gap)
  }

  /// Whether the journal's folder is the one that the direction has open now, and not deleted.
  private func isCurrent() throws(ChannelError) -> Bool {
    if try files.isFolderThere() { return files.journal === folder.journal }
    try folder.log.refresh()
    // Where it could not be opened anew there is nothing to list in either.
    return files.journal === folder.journal
  }

  /// Whether there is trouble that was not there before, so that another look is due before anybody's lock is taken.
  private func isSuspectedFirst() -> Bool {
    guard let trouble, trouble != mended, trouble != suspected else { return false }
    suspected = trouble
    return true
  }

  /// Puts right what keeps the reader from going on: bytes that are no records would otherwise hide what is appended
  /// behind them until the segment is full, and what lies behind a cut would be given numbers that were passed already.
  ///
  /// Once for each state of a segment; false when there is nothing to be done, or somebody else is at it.
  private func mend() -> Bool {
    guard let trouble, trouble != mended else { return false }
    // Who may not write here cannot; then the next to append does it.
    guard let isDone = try? folder.log.mend(knowing: last), isDone else { return false }
    mended = trouble
    // What could not be read at all perhaps can be now.
    if trouble.end == 0 { startAgain() }
    return true
  }
}
