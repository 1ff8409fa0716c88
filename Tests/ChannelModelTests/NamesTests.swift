import TestSupport
import Testing

@testable import ChannelModel

@Suite struct NamesTests {
  @Test func segmentNamesSortLikeTheirSeqs() {
    let numbers: [UInt64] = [1, 9, 10, 99_999, SequenceNumber.highest.rawValue]
    let names = numbers.map { ChannelLayout.segment(beginningAt: SequenceNumber($0)) }
    #expect(names == names.sorted())
    #expect(names.map { ChannelLayout.firstSequenceNumber(ofSegment: $0)?.rawValue } == numbers)
  }

  @Test(arguments: [
    "1.seg", "0000000000000000000a.seg", "00000000000000000000.seg", "99999999999999999999.seg",
    "00000000000000000001.SEG", "+0000000000000000001.seg", "lock", "00000000000000000001.seg.tmp",
  ]) func otherNamesAreNoSegments(_ name: String) {
    #expect(ChannelLayout.firstSequenceNumber(ofSegment: name) == nil)
  }

  @Test(arguments: ["worker-1", "a", "A.b_c", String(repeating: "x", count: 64)])
  func acceptsReaderNames(_ text: String) throws {
    #expect(try ReaderName(text).text == text)
  }

  @Test(arguments: ["", ".", "..", "a/b", "-x", "é", "a b", "a\0", String(repeating: "x", count: 65)])
  func refusesNamesThatAPathCouldMisunderstand(_ text: String) {
    #expect(throws: ReaderName.Refusal(text: text)) { try ReaderName(text) }
  }

  @Test func filesAmongTheReadersTellWhatTheyAre() {
    for name in ["worker-1", "_0123456789abcdef"] { #expect(ReaderName.isReaders(name)) }
    for name in ["worker~1", "worker~claims", "_0123456789ABCDEF", "_x", ".hidden", "a b", ""] {
      #expect(!ReaderName.isReaders(name))
    }
    #expect(ReaderName.isMadeUp("_0123456789abcdef") && !ReaderName.isMadeUp("worker-1"))
  }
}
