import TestSupport
import Testing

@testable import ChannelModel

@Suite struct ReaderStartTests {
  static func slot(journal: UniqueID) -> ReaderFile.Slot {
    var cursor = Cursor(through: SequenceNumber(7))
    _ = cursor.acknowledge(SequenceNumber(9))
    return ReaderFile.Slot(generation: 1, journal: journal, cursor: cursor, written: Golden.time)
  }

  static func start(_ wish: ReaderStart.Wish) -> ReaderStart {
    ReaderStart(wish, journal: Golden.journal, last: SequenceNumber(20))
  }

  @Test func beginsWhereItIsAskedTo() {
    #expect(Self.start(.new).after == SequenceNumber(20))
    #expect(Self.start(.start).after == .none)
    #expect(Self.start(.cursor(nil)).after == .none)
    let own = Self.start(.cursor(Self.slot(journal: Golden.journal)))
    #expect(own.after == SequenceNumber(7) && own.cursor.contains(SequenceNumber(9)) && own.gap == nil)
  }

  @Test func aCursorOfAnotherJournalStartsAtWhatIsRetainedAndSaysSo() {
    let other = Self.start(.cursor(Self.slot(journal: UniqueID(high: 1, low: 1))))
    #expect(other.after == .none && !other.cursor.contains(SequenceNumber(9)))
    #expect(other.gap == GapNotice(.replaced))
  }
}
