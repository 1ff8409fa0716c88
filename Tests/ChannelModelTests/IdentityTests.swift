import ChannelMessages
import TestSupport
import Testing

@testable import ChannelModel

@Suite struct IdentityTests {
  static let key = Golden.key

  @Test func anIDProvesItsSeqAndHasTheFormOfAUUID() throws {
    for number in [1, 7, 65_536, SequenceNumber.highest.rawValue] {
      let number = SequenceNumber(number)
      let id = Self.key.id(of: number, in: .frontendToBackend)
      let text = Array(String(describing: id).utf8)
      #expect(text[14] == UInt8(ascii: "4"))
      #expect("89ab".utf8.contains(text[19]))
      #expect(UniqueID(text: text) == id)
      #expect(Self.key.sequenceNumber(provenBy: id, in: .frontendToBackend) == number)
    }
  }

  @Test func nothingElseIsProven() {
    let id = Self.key.id(of: SequenceNumber(7), in: .backendToFrontend)
    #expect(Self.key.sequenceNumber(provenBy: id, in: .frontendToBackend) == nil, "the other direction's")
    let other = ChannelKey(random: Array(0x11..<0x41))
    #expect(other.sequenceNumber(provenBy: id, in: .backendToFrontend) == nil, "another channel's")
    for bit in 0..<128 {
      let forged = UniqueID(
        high: bit < 64 ? id.high ^ 1 << bit : id.high,
        low: bit < 64 ? id.low : id.low ^ 1 << (bit - 64)
      )
      #expect(Self.key.sequenceNumber(provenBy: forged, in: .backendToFrontend) == nil, "bit \(bit)")
    }
    #expect(Self.key.sequenceNumber(provenBy: UniqueID(high: 0x4000, low: 1 << 63), in: .backendToFrontend) == nil)
  }

  @Test(arguments: [
    "", "0b5e55ed-0011-4a2b-bccd-0123456789a", "0b5e55ed-0011-4a2b-bccd-0123456789abc",
    "0b5e55ed00114a2bbccd0123456789ab----", "0b5e55ed-0011-4a2b-bccd-0123456789ag",
  ]) func aTextThatIsNoUUIDIsNone(_ text: String) {
    #expect(UniqueID(text: text.utf8) == nil)
  }

  @Test func anyTraitTellsForeignMessagesApart() {
    func hash(
      id: String = "1",
      timestamp: UInt64 = 5,
      kind: MessageKind = .event,
      replyTo: String? = nil,
      method: String? = "m",
      place: Int = 0
    ) -> UInt64 {
      let traits = ForeignTraits(
        id: Array(id.utf8),
        timestamp: timestamp,
        kind: kind,
        replyTo: replyTo.map { Array($0.utf8) },
        method: method.map { Array($0.utf8) }
      )
      return Self.key.memory(of: traits, place: place)
    }
    let all = [
      hash(), hash(id: "2"), hash(timestamp: 6), hash(kind: .request), hash(replyTo: ""),
      hash(replyTo: "m", method: nil),
      hash(method: nil), hash(method: ""), hash(place: 1), hash(id: "", replyTo: "1"),
    ]
    #expect(Set(all).count == all.count)
    #expect(hash() == hash())
  }
}

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

  @Test func anotherJournalKeepsTheHashesButNotTheSeq() throws {
    var memory = ImportedIDs(journal: Golden.journal)
    _ = memory.remember([1, 2], through: SequenceNumber(9))
    let read = try ImportedIDs(decoding: memory.encode(), journal: UniqueID(high: 1, low: 1))
    #expect(read.contains(1) && read.completeThrough == .none)
    memory.follow(UniqueID(high: 1, low: 1))
    #expect(memory.contains(2) && memory.completeThrough == .none)
  }

  @Test func growsWithTheLargestWindow() {
    var memory = ImportedIDs(journal: Golden.journal, hashCount: 118)
    #expect(memory.isTooSmall(forWindowOf: 60) && !memory.isTooSmall(forWindowOf: 59))
    memory.enlarge(forWindowOf: 5_000)
    #expect(!memory.isTooSmall(forWindowOf: 5_000))
  }
}
