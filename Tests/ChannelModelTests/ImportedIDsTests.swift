import TestSupport
import Testing

@testable import ChannelModel

@Suite struct ImportedIDsTests {
  @Test func remembersTheNewestAndForgetsByBlocks() {
    var memory = ImportedIDs(journal: Golden.journal, hashCount: 118)
    for number in UInt64(1)...500 { _ = memory.remember([number], through: SequenceNumber(number)) }
    #expect((383...500).allSatisfy { memory.contains(UInt64($0)) })
    #expect(!memory.contains(100))
    #expect(memory.completeThrough == SequenceNumber(500))
  }

  @Test func writesAddUpToTheFileAtEveryStep() throws {
    var memory = ImportedIDs(journal: Golden.journal, hashCount: 200)
    var file = memory.encode()
    var random = SeededGenerator(seed: 3)
    var next: UInt64 = 1
    for _ in 0..<40 {
      let hashes = (0..<Int.random(in: 0...130, using: &random)).map { _ in
        UInt64.random(in: .min ... .max, using: &random)
      }
      next += UInt64(hashes.count)
      for write in memory.remember(hashes, through: SequenceNumber(next)) {
        let end = write.offset + write.bytes.count
        if file.count < end { file += [UInt8](repeating: 0, count: end - file.count) }
        file.replaceSubrange(write.offset..<end, with: write.bytes)
      }
      #expect(try ImportedIDs(decoding: file, journal: Golden.journal) == memory)
    }
  }

  @Test func aTornBlockMakesItCompleteOnlyUpToTheOneBefore() throws {
    var memory = ImportedIDs(journal: Golden.journal, hashCount: 59 * 4)
    for block in UInt64(0)..<3 {
      _ = memory.remember((0..<59).map { block * 100 + $0 }, through: SequenceNumber(block * 10 + 10))
    }
    var file = memory.encode()
    file[2 * 512 + 77] ^= 1
    let read = try ImportedIDs(decoding: file, journal: Golden.journal)
    #expect(read.completeThrough == SequenceNumber(10))
    #expect(read.contains(5) && read.contains(205), "what the other blocks remember is still true")
    #expect(!read.contains(105))
  }

  @Test func aMarkTellsOfAnImportThatWasNotRemembered() throws {
    var memory = ImportedIDs(journal: Golden.journal)
    _ = memory.remember([1, 2], through: SequenceNumber(5))
    #expect(memory.unrememberedFrom == nil)
    let mark = memory.begin(at: SequenceNumber(6))
    #expect(mark.offset == ImportedIDs.markPlace.lowerBound && mark.bytes.count == ImportedIDs.markPlace.count)
    #expect(ImportedIDs.begun(inMark: mark.bytes) == ImportedIDs.Mark(number: SequenceNumber(6), turn: 1))
    let again = memory.begin(at: SequenceNumber(6))
    #expect(ImportedIDs.begun(inMark: again.bytes) == ImportedIDs.Mark(number: SequenceNumber(6), turn: 2))
    // The importer dies here; the next finds the mark in the file.
    var next = try ImportedIDs(decoding: memory.encode(), journal: Golden.journal)
    #expect(next.unrememberedFrom == SequenceNumber(6))
    _ = next.remember([3], through: SequenceNumber(6))
    #expect(next.unrememberedFrom == nil)
    #expect(ImportedIDs.begun(inMark: [UInt8](repeating: 0, count: 12)) == .none)
  }

  @Test func anotherJournalKeepsTheHashesButNotTheSeq() throws {
    var memory = ImportedIDs(journal: Golden.journal)
    _ = memory.remember([1, 2], through: SequenceNumber(9))
    let read = try ImportedIDs(decoding: memory.encode(), journal: UniqueID(high: 1, low: 1))
    #expect(read.contains(1) && read.completeThrough == .none)
    memory.follow(UniqueID(high: 1, low: 1))
    #expect(memory.contains(2) && memory.completeThrough == .none)
  }

  @Test func aRingThatHasWrappedIsStillCompleteAfterItGrew() throws {
    var memory = ImportedIDs(journal: Golden.journal, hashCount: 118)
    for number in UInt64(1)...500 { _ = memory.remember([number], through: SequenceNumber(number)) }
    memory.enlarge(forWindowOf: 1_000)
    let read = try ImportedIDs(decoding: memory.encode(), journal: Golden.journal)
    #expect(read == memory)
    #expect(read.completeThrough == SequenceNumber(500))
  }

  @Test func growsWithTheLargestWindow() {
    var memory = ImportedIDs(journal: Golden.journal, hashCount: 118)
    #expect(memory.isTooSmall(forWindowOf: 60, least: 1) && !memory.isTooSmall(forWindowOf: 59, least: 1))
    #expect(memory.isTooSmall(forWindowOf: 1), "a ring left small by somebody")
    memory.enlarge(forWindowOf: 5_000, least: 1)
    #expect(!memory.isTooSmall(forWindowOf: 5_000, least: 1))
    memory.enlarge(forWindowOf: 1)
    #expect(!memory.isTooSmall(forWindowOf: 1))
  }
}
