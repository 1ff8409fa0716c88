import ChannelMessages
import Testing

/// The columns of `peer.tsv` are the verdict of the real ipckit 0.1.12 (written by `fixtures/json/judge`), the verdict
/// of `PeerReader`, and what our own scanner makes of the text.
@Suite struct PeerReaderTests {
  static let cases = Fixture.table("peer.tsv")

  @Test func theTableIsThere() throws {
    #expect(Self.cases.count > 400)
    try Fixture.record("peer.tsv", keeping: 3) { [Self.judge($0.bytes), Self.scan($0.bytes)] }
  }

  @Test(arguments: cases) func saysWhatTheRealPeerSays(_ fixture: Fixture) throws {
    let accepts = PeerReader.judge(fixture.bytes) == .accepts
    #expect(accepts == fixture.verdicts[0].hasPrefix("accepts"), "the peer: \(fixture.verdicts[0])")
  }

  @Test(arguments: cases) func namesPlaceAndReason(_ fixture: Fixture) throws {
    try #require(fixture.verdicts.count == 3)
    #expect(Self.judge(fixture.bytes) == fixture.verdicts[1])
    #expect(Self.scan(fixture.bytes) == fixture.verdicts[2])
  }

  /// Our receiving side takes whatever the peer takes, up to our own limit of nesting.
  @Test(arguments: cases) func readsAllThatThePeerReads(_ fixture: Fixture) throws {
    guard fixture.verdicts[0].hasPrefix("accepts"), fixture.verdicts[0] != "accepts: 0" else { return }
    let elements = try MessageArray.scan(fixture.bytes, limits: JSONLimits(depth: 2_000))
    #expect(fixture.verdicts[0] == "accepts: \(elements.count)")
    for element in elements { #expect(element.message != nil) }
  }

  /// Wherever a text that can be read is cut before its closing bracket, it breaks there, and the peer takes it no more.
  @Test(arguments: cases) func everyCutBreaksAtItsEnd(_ fixture: Fixture) throws {
    guard (try? MessageArray.scan(fixture.bytes)) != nil,
      let bracket = fixture.bytes.lastIndex(of: UInt8(ascii: "]")),
      let start = fixture.bytes.firstIndex(of: UInt8(ascii: "["))
    else { return }
    // A longer text is only the same nesting more often.
    for cut in start + 1...bracket where cut <= 4_096 {
      let torn = Array(fixture.bytes[..<cut])
      #expect(throws: JSONError(offset: cut, reason: .unexpectedEnd)) { try MessageArray.scan(torn) }
      #expect(PeerReader.judge(torn) != .accepts)
    }
  }

  private static func judge(_ bytes: [UInt8]) -> String {
    switch PeerReader.judge(bytes) {
    case .accepts: "accepts"
    case .rejects(.unreadable(let error)): "rejects: \(error)"
    case .rejects(.hazard(let hazard)): "rejects: \(hazard)"
    }
  }

  private static func scan(_ bytes: [UInt8]) -> String {
    do throws(JSONError) {
      let elements = try MessageArray.scan(bytes)
      return elements.map { element in
        switch element.content {
        case .message(let index):
          var words = ["message \(index.range)"]
          if let hazard = index.hazard { words.append("hazard: \(hazard)") }
          if let double = index.duplicateKeyOffset { words.append("key twice at byte \(double)") }
          return words.joined(separator: ", ")
        case .unreadable(let error): return "unreadable \(element.range): \(error)"
        }
      }.joined(separator: "; ")
    } catch {
      return "error: \(error)"
    }
  }
}
