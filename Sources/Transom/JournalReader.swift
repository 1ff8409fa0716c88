// Reading a journal from a seq on.

package import ChannelModel
internal import ChannelMessages
internal import Glibc
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

  /// Files are read in blocks of this size at most, unless one batch is longer …
  static let longestBlock = 256 << 10
  /// … and at first of this: of a journal that is read up to its end only a few records come at a time, and whoever
  /// keeps them keeps the whole block.
  static let shortestBlock = 4 << 10

  private var folder: DirectionFolder
  private var journal: Directory
  private var follower: JournalFollower
  private var segment: Open?
  private var block = JournalReader.shortestBlock
  /// The journal that was read last.
  package private(set) var identifier: UniqueID?
  /// Told with the next stretch.
  private var owedGap: GapNotice?
  /// The time of change of the journal's folder when it was last listed to no avail, and whether a later change would show.
  private var listed: FileTime?

  private final class Open {
    let number: SequenceNumber
    let file: OpenFile
    let seed: UInt32

    init(_ file: consuming OpenFile, number: SequenceNumber, seed: UInt32) {
      self.file = file
      self.number = number
      self.seed = seed
    }
  }

  /// Begins behind a seq, or with all that is retained; `identifier` is the journal that the seq is of, where that is
  /// known.
  package init(_ folder: DirectionFolder, after last: SequenceNumber, of identifier: UniqueID? = nil) {
    self.folder = folder
    self.identifier = identifier
    journal = folder.journal
    follower = JournalFollower(after: last)
  }

  /// The highest seq delivered or passed.
  package var last: SequenceNumber { follower.last }

  /// Goes on in the folder as it was opened again.
  package func reopen(_ folder: DirectionFolder) {
    self.folder = folder
    journal = folder.journal
    segment = nil
    listed = nil
    follower = JournalFollower(after: last)
  }

  /// The next records; nil when nothing is new now. Never waits.
  package func next() throws(ChannelError) -> Stretch? {
    var action = follower.wake()
    while true {
      let (bytes, delivery): ([UInt8], JournalFollower.Delivery)
      switch action {
      case .wait: return nil
      case .list:
        guard let numbers = try list() else { return nil }
        (bytes, delivery) = ([], follower.list(numbers))
        if delivery.next != .wait { listed = nil }
      case .read(let number, let offset, let least):
        switch try read(number, at: offset, atLeast: least) {
        case .bytes(let read, let isWhole, let seed):
          (bytes, delivery) = (read, follower.read(read, isWhole: isWhole, seed: seed))
        case .gone:
          segment = nil
          action = follower.segmentIsGone()
          continue
        case .unreadable:
          segment = nil
          action = follower.segmentIsUnreadable()
          continue
        case .ofAnotherJournal(let first):
          segment = nil
          owedGap = GapNotice(.replaced)
          follower = JournalFollower(after: first.previous)
          action = follower.wake()
          continue
        }
      }
      action = delivery.next
      if !delivery.records.isEmpty || delivery.gap != nil {
        return stretch(bytes, delivery)
      }
    }
  }

  private func stretch(_ bytes: [UInt8], _ delivery: JournalFollower.Delivery) -> Stretch {
    var gap = delivery.gap
    if let owed = owedGap {
      owedGap = nil
      // The new journal's first record may say it itself.
      if delivery.records.first?.gap(in: bytes)?.reason != .replaced { gap = owed }
    }
    return Stretch(bytes: bytes, records: delivery.records, gap: gap)
  }

  // MARK: Files

  private func list() throws(ChannelError) -> [SequenceNumber]? {
    let journal = journal
    return try ChannelError.calls(at: journal.path) { () throws(SystemError) in
      try journal.names().compactMap(ChannelLayout.firstSequenceNumber(ofSegment:))
    }
  }

  private enum Look {
    case bytes([UInt8], isWhole: Bool, seed: UInt32)
    case gone
    case unreadable
    /// Its header names another journal, whose segments begin with this one.
    case ofAnotherJournal(SequenceNumber)
  }

  private func read(_ number: SequenceNumber, at offset: Int, atLeast least: Int) throws(ChannelError) -> Look {
    let segment: Open
    if let known = self.segment, known.number == number {
      segment = known
    } else {
      switch try open(number) {
      case .header(let opened, let journal):
        if let identifier, identifier != journal {
          self.identifier = journal
          return .ofAnotherJournal(try firstSegment(of: journal, upTo: number))
        }
        identifier = journal
        self.segment = opened
        segment = opened
      case .gone: return .gone
      case .unreadable: return .unreadable
      }
    }
    do {
      var count = max(block, JournalRecord.headByteCount)
      if least > count {
        // Nothing is allocated for a length that the file does not hold.
        let size = try segment.file.facts().stamp.size
        count = max(count, min(least, Int(clamping: size - Int64(offset))))
      }
      let bytes = try segment.file.read(count, at: Int64(offset))
      if bytes.count == count {
        block = min(block * 2, Self.longestBlock)
      } else if bytes.count < block / 4 {
        block = Self.shortestBlock
      }
      if bytes.isEmpty {
        let facts = try segment.file.facts()
        if facts.links == 0 || facts.stamp.size < Int64(offset) { return .gone }
      }
      return .bytes(bytes, isWhole: bytes.count < count, seed: segment.seed)
    } catch {
      throw ChannelError(error, at: segment.file.path)
    }
  }

  private enum Opening {
    case header(Open, journal: UniqueID)
    case gone
    case unreadable
  }

  private func open(_ number: SequenceNumber) throws(ChannelError) -> Opening {
    let name = ChannelLayout.segment(beginningAt: number)
    do {
      let file = try journal.openRegularFile(name)
      let path = file.path
      let bytes = try ChannelError.calls(at: path) { () throws(SystemError) in
        try file.read(SegmentHeader.byteCount, at: 0)
      }
      if bytes.count < SegmentHeader.byteCount, bytes.count < DiskFormat.byteCount { return .gone }
      do {
        let header = try SegmentHeader(decoding: bytes)
        guard header.first == number else { return .unreadable }
        let seed = JournalRecord.seed(of: header.journal)
        return .header(Open(file, number: number, seed: seed), journal: header.journal)
      } catch {
        if case .newer = error.fault { throw ChannelError(error, at: path) }
        if case .tooShort = error.fault { return .gone }
        return .unreadable
      }
    } catch let error as FileError {
      switch error {
      case .system(let error) where error.code == ENOENT: return .gone
      // What is no regular file of ours holds nothing of ours.
      case .refused: return .unreadable
      case .system: throw ChannelError(error, at: journal.path)
      }
    } catch let error as ChannelError {
      throw error
    } catch {
      preconditionFailure("nothing else is thrown here: \(error)")
    }
  }

  /// The first of the segments, up to one, that belong to a journal without another's in between.
  private func firstSegment(of identifier: UniqueID, upTo last: SequenceNumber) throws(ChannelError) -> SequenceNumber {
    var first = last
    for number in try folder.log.segments().reversed() where number < last {
      guard case .header(_, identifier) = try open(number) else { break }
      first = number
    }
    return first
  }
}
