import ChannelMessages
import ChannelModel
import Testing

@testable import Transom

@Suite struct OutgoingTests {
  private let ids = OwnIDs(
    key: ChannelKey(random: [UInt8](repeating: 7, count: 48)),
    direction: .backendToFrontend
  )

  /// The message as the journal holds it.
  private func written(_ outgoing: Outgoing, at milliseconds: UInt64, as number: SequenceNumber) throws -> Message {
    let draft = try outgoing.draft(at: WallTime(nanoseconds: milliseconds * 1_000_000), path: "")
    var bytes: [UInt8] = []
    draft.encode(as: number, at: WallTime(nanoseconds: 1), flags: .lastOfBatch, seed: 0, ids: ids, to: &bytes)
    return try Message(Array(bytes[JournalRecord.headByteCount...]))
  }

  @Test(arguments: [0, 999_999_999_999, 1_000_000_000_000, 1_790_000_000_123, 9_999_999_999_999, 10_000_000_000_000])
  func aMessageGetsItsTimeAndItsIDWhateverTheClockSays(milliseconds: UInt64) throws {
    let payload = try JSONText(validating: Array("{\"a\": [1, 2]}".utf8))
    let message = try written(.event("tick", payload), at: milliseconds, as: SequenceNumber(12))
    #expect(message.timestamp == milliseconds)
    #expect(message.id == Receipt(SequenceNumber(12), ids: ids).id)
    #expect(message.method == "tick" && message.payload.description == "{\"a\":[1,2]}")
  }

  @Test func oneTextServesSeveralMessages() throws {
    let outgoing = Outgoing.request("ask")
    let first = try written(outgoing, at: 1_790_000_000_000, as: SequenceNumber(1))
    let second = try written(outgoing, at: 1_790_000_000_001, as: SequenceNumber(2))
    #expect(first.id != second.id && first.timestamp + 1 == second.timestamp)
  }

  @Test func whatA10ProgramCannotReadIsRefusedHoweverThePayloadWasMade() throws {
    let bytes = Array("[1e999]".utf8)
    for payload in [try JSONText(validating: bytes), JSONText(trusted: bytes)] {
      #expect(throws: ChannelError.self) { try written(.event("e", payload), at: 1, as: SequenceNumber(1)) }
    }
    #expect(try JSONText(validating: bytes) == JSONText(trusted: bytes))
  }
}
