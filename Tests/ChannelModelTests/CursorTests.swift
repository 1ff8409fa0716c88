import TestSupport
import Testing

@testable import ChannelModel

@Suite struct CursorTests {
  /// The cursor against the plainest thing that could do its work.
  @Test func acknowledgesInAnyOrderLikeASetOfNumbers() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      var cursor = Cursor(through: SequenceNumber(10))
      var plain: Set<UInt64> = []
      for _ in 0..<400 {
        let number = UInt64.random(in: 1...300, using: &random)
        let isNew = number > 10 && plain.insert(number).inserted
        #expect(cursor.acknowledge(SequenceNumber(number)) == (isNew ? .accepted : .repeated))
      }
      let through = (11...).first { !plain.contains($0) }.map { $0 - 1 }
      #expect(cursor.through.rawValue == through)
      #expect((1...400).allSatisfy { cursor.contains(SequenceNumber($0)) == ($0 <= 10 || plain.contains($0)) })
    }
  }

  @Test func opensAtMostItsSpan() {
    var cursor = Cursor()
    #expect(cursor.acknowledge(SequenceNumber(4_096)) == .accepted)
    #expect(cursor.acknowledge(SequenceNumber(4_097)) == .outOfReach)
    #expect(cursor.through == .none)
    #expect(cursor.acknowledge(SequenceNumber(1)) == .accepted)
    #expect(cursor.deliverableThrough == SequenceNumber(4_097))
    for number in 2...4_095 { #expect(cursor.acknowledge(SequenceNumber(UInt64(number))) == .accepted) }
    #expect(cursor.through == SequenceNumber(4_096))
  }

  @Test(arguments: [1, 63, 64, 65, 127, 128, 4_095, 4_096, 5_000] as [UInt64])
  func skippingMovesTheBitmapAlong(_ count: UInt64) {
    var cursor = Cursor()
    _ = cursor.acknowledge(SequenceNumber(count + 2))
    cursor.skip(through: SequenceNumber(count))
    let expected = count + 2 <= Cursor.span ? [count + 2] : []
    #expect(cursor.through == SequenceNumber(count))
    #expect((count + 1...count + 10).filter { cursor.contains(SequenceNumber($0)) } == expected)
  }

  @Test func aSlotRoundTripsAndASecondTornOneIsPassedOver() {
    var cursor = Cursor(through: SequenceNumber(5))
    _ = cursor.acknowledge(SequenceNumber(9))
    var file = [UInt8](repeating: 0, count: ReaderFile.byteCount)
    for generation in UInt64(1)...2 {
      let slot = ReaderFile.Slot(
        generation: generation,
        journal: Golden.journal,
        cursor: cursor,
        written: Golden.time
      )
      file.replaceSubrange(slot.offset..<slot.offset + ReaderFile.Slot.byteCount, with: slot.encode())
      #expect(ReaderFile.newestSlot(in: file) == slot)
    }
    let newest = ReaderFile.Slot(generation: 2, journal: Golden.journal, cursor: cursor, written: Golden.time)
    for place in 0..<ReaderFile.Slot.byteCount {
      var torn = file
      torn[newest.offset + place] ^= 0x10
      #expect(ReaderFile.newestSlot(in: torn)?.generation == 1)
    }
    #expect(ReaderFile.newestSlot(in: Array(file[..<4_600])) == nil)
  }

  @Test func aPeersBitmapCannotMakeTheCursorStop() {
    let cursor = Cursor(through: .highest, bitmap: [UInt8](repeating: 0xFF, count: 512), at: 0)
    #expect(cursor.through.rawValue == SequenceNumber.highest.rawValue + 4_096)
    #expect(!cursor.through.numbersARecord)
  }
}
