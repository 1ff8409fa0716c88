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
