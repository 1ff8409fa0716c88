// A journal's end, found without touching anything.

internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// Reads from a journal's files what `JournalState` knows under the lock, for who only looks: nothing is made, put right
/// or locked.
struct JournalLook {
  private let journal: Directory
  private let time: WallTime

  init(_ journal: Directory, _ time: WallTime) {
    self.journal = journal
    self.time = time
  }

  func held() throws(ChannelError) -> Journal.Held {
    // The newest that was listed may be removed before it is opened, once others are begun behind it.
    for _ in 0..<8 {
      let numbers = try ChannelError.calls(at: journal.path) { () throws(SystemError) in
        try journal.names().compactMap(ChannelLayout.firstSequenceNumber(ofSegment:)).sorted()
      }
      guard !numbers.isEmpty else {
        return Journal.Held(journal: UniqueID(high: 0, low: 0), last: .none, segments: [], time: time)
      }
      guard let tail = try newestTail(of: numbers) else { continue }
      let segments = try JournalState.list(numbers, through: tail, in: journal)
      return Journal.Held(journal: tail.header.journal, last: tail.last, segments: segments, time: time)
    }
    throw ChannelError(
      .damaged,
      at: journal.path,
      "no segment in it can be read",
      hint: "the next to send moves them aside and begins anew"
    )
  }

  /// The end of the newest segment that can be read; whoever sends next moves the others out of the way.
  private func newestTail(of numbers: [SequenceNumber]) throws(ChannelError) -> JournalTail? {
    for first in numbers.reversed() {
      let name = ChannelLayout.segment(beginningAt: first)
      let bytes: [UInt8]
      do {
        bytes = try Self.read(try journal.openRegularFile(name))
      } catch .system(let error) where error.code == ENOENT {
        return nil
      } catch .refused {
        continue
      } catch {
        throw ChannelError(error, at: journal.path(of: name))
      }
      do {
        let tail = try JournalTail(reading: bytes)
        if tail.header.first == first { return tail }
      } catch {
        if case .newer = error.fault { throw ChannelError(error, at: journal.path(of: name)) }
      }
    }
    return nil
  }

  private static func read(_ file: consuming OpenFile) throws(FileError) -> [UInt8] {
    let count = Int(min(file.factsAtOpening.stamp.size, Int64(JournalState.highestByteCount)))
    do throws(SystemError) {
      return JournalState.withoutZeros(try file.read(count, at: 0))
    } catch {
      throw .system(error)
    }
  }
}
