import ChannelMessages
import Testing

/// The columns of `rfc8259.tsv` are the verdict (confirmed by serde_json, see `fixtures/json/judge`) and our error.
@Suite struct RFC8259Tests {
  static let cases = Fixture.table("rfc8259.tsv")

  private static func verdict(_ bytes: [UInt8]) -> String {
    do throws(JSONError) {
      _ = try JSONText(validating: bytes)
      return "accepts"
    } catch {
      return "rejects: \(error)"
    }
  }

  @Test func theTableIsThere() throws {
    #expect(Self.cases.count > 150)
    try Fixture.record("rfc8259.tsv", keeping: 3) { [Self.verdict($0.bytes)] }
  }

  @Test(arguments: cases) func acceptsAndRejectsAsTheStandardSays(_ fixture: Fixture) throws {
    try #require(fixture.verdicts.count == 2)
    #expect(Self.verdict(fixture.bytes).prefix(7) == fixture.verdicts[0].prefix(7))
    #expect(Self.verdict(fixture.bytes) == fixture.verdicts[1])
  }

  /// What holds for a value alone holds for it as a payload.
  @Test(arguments: cases) func judgesAPayloadLikeAValue(_ fixture: Fixture) throws {
    let text = [UInt8](#"[{"id":"a","timestamp":1,"type":"event","payload":"#) + fixture.bytes + [UInt8]("}]")
    let index = (try? MessageArray.scan(text))?.first?.message
    #expect((index != nil) == (fixture.verdicts[0] == "accepts"))
    guard let index, let value = try? JSONText(validating: fixture.bytes) else { return }
    #expect(Array(text[index.payload]) == value.bytes)
  }

  /// A place where a text breaks is the first: what stands before it can still become JSON.
  @Test(arguments: cases) func aTornTextBreaksAtItsEnd(_ fixture: Fixture) throws {
    guard fixture.verdicts[0] == "accepts" else { return }
    for length in fixture.bytes.indices {
      let cut = Array(fixture.bytes[..<length])
      do throws(JSONError) {
        _ = try JSONText(validating: cut)
      } catch {
        guard error.reason != .invalidUTF8 else { continue }
        #expect(error == JSONError(offset: length, reason: .unexpectedEnd))
      }
    }
  }
}
