// A journal's files, as its reader asks for them.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// Lists and reads segments, keeping open the one that is read.
struct SegmentReader {
  /// Files are read in blocks of this size at most, unless one batch is longer …
  static let longestBlock = 256 << 10
  /// … and at first of this: at a journal's end only a few records come at a time, and whoever keeps one of them keeps
  /// the whole block.
  static let shortestBlock = 4 << 10

  let journal: Directory
  /// The journal that was read last.
  private(set) var identifier: UniqueID?
  private var segment: Open?
  private var block = SegmentReader.shortestBlock
  /// The last listing, while a change of the folder would be seen by its time.
  private var listed: (modified: FileTime, numbers: [SequenceNumber])?

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

  init(_ journal: Directory, identifier: UniqueID?) {
    self.journal = journal
    self.identifier = identifier
  }

  // MARK: The folder

  func isFolderThere() throws(ChannelError) -> Bool {
    try ChannelError.calls(at: journal.path) { () throws(SystemError) in try journal.facts().links > 0 }
  }

  /// The segments that are there; looked for again only when the folder has changed since.
  mutating func list() throws(ChannelError) -> [SequenceNumber] {
    do {
      let modified = try journal.facts().stamp.modified
      if let listed, listed.modified == modified { return listed.numbers }
      let numbers = try journal.names().compactMap(ChannelLayout.firstSequenceNumber(ofSegment:))
      // File systems count time in ticks: a change within the same tick would not be seen.
      listed = Self.isPast(modified) ? (modified, numbers) : nil
      return numbers
    } catch {
      throw ChannelError(error, at: journal.path)
    }
  }

  /// Whether a time lies so far back that what happens now gets another.
  private static func isPast(_ time: FileTime) -> Bool {
    let now = FileTime.now()
    let edge =
      now.nanoseconds >= 20_000_000
      ? FileTime(seconds: now.seconds, nanoseconds: now.nanoseconds - 20_000_000)
      : FileTime(seconds: now.seconds - 1, nanoseconds: now.nanoseconds + 980_000_000)
    return time < edge
  }

  // MARK: A segment

  enum Look {
    case bytes([UInt8], isWhole: Bool, seed: UInt32)
    /// It is not there, or shorter than the offset.
    case gone
    case unreadable
    /// Its header names another journal, whose segments begin with this one.
    case ofAnotherJournal(SequenceNumber)
  }

  /// What lies in a segment from an offset on; where nothing does, a glance does not see whether it is still there.
  mutating func read(
    _ number: SequenceNumber,
    at offset: Int,
    atLeast least: Int,
    _ depth: LookDepth
  ) throws(ChannelError) -> Look {
    if segment?.number != number {
      segment = nil
      switch try open(number) {
      case .header(let opened, let journal):
        if let identifier, identifier != journal {
          self.identifier = journal
          return .ofAnotherJournal(try firstSegment(of: journal, upTo: number))
        }
        identifier = journal
        segment = opened
      case .gone: return .gone
      case .unreadable: return .unreadable
      }
    }
    guard let segment else { preconditionFailure("it was just opened") }
    do {
      var count = block
      if least > count {
        // Nothing is allocated for a length that the file does not hold. Twice what is asked for: a long batch tells only
        // from record to record how long it is, and each time all of it is read and checked again.
        let size = try segment.file.facts().stamp.size
        count = max(count, min(2 * least, Int(clamping: size - Int64(offset))))
      }
      // Once: at a journal's end nearly every read is short, and what it did not see the next will.
      let bytes = try [UInt8](capacity: count) { output throws(SystemError) in
        _ = try segment.file.read(into: &output, at: Int64(offset))
      }
      if bytes.count == count {
        block = min(block * 2, Self.longestBlock)
      } else if bytes.count < block / 4 {
        block = Self.shortestBlock
      }
      if bytes.isEmpty, depth > .glance {
        let facts = try segment.file.facts()
        guard facts.links > 0, facts.stamp.size >= Int64(offset) else {
          self.segment = nil
          return .gone
        }
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
    let file: OpenFile
    do {
      file = try journal.openRegularFile(name)
    } catch {
      switch error {
      case .system(let error) where error.code == ENOENT: return .gone
      // What is no regular file of ours holds nothing of ours.
      case .refused: return .unreadable
      case .system: throw ChannelError(error, at: journal.path)
      }
    }
    return try Self.readHeader(of: file, named: number)
  }

  private static func readHeader(
    of file: consuming OpenFile,
    named number: SequenceNumber
  ) throws(ChannelError) -> Opening {
    let path = file.path
    let bytes: [UInt8]
    do {
      bytes = try file.read(SegmentHeader.byteCount, at: 0)
    } catch {
      throw ChannelError(error, at: path)
    }
    do {
      let header = try SegmentHeader(decoding: bytes)
      guard header.first == number else { return .unreadable }
      let seed = JournalRecord.seed(of: header.journal)
      return .header(Open(file, number: number, seed: seed), journal: header.journal)
    } catch {
      switch error.fault {
      case .newer: throw ChannelError(error, at: path)
      case .tooShort: return .gone
      case .foreign, .checksum, .impossible: return .unreadable
      }
    }
  }

  /// The first of the segments, up to one, that belong to a journal without another's in between.
  private func firstSegment(of identifier: UniqueID, upTo last: SequenceNumber) throws(ChannelError) -> SequenceNumber {
    var first = last
    let numbers = try ChannelError.calls(at: journal.path) { () throws(SystemError) in
      try journal.names().compactMap(ChannelLayout.firstSequenceNumber(ofSegment:))
    }
    for number in numbers.sorted(by: >) where number < last {
      guard case .header(_, identifier) = try open(number) else { break }
      first = number
    }
    return first
  }
}
