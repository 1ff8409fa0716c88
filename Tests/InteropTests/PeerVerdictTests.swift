// What the real peer takes, row by row.

internal import ChannelMessages
internal import TestSupport
internal import Testing

/// `fixtures/json/peer.tsv`, with the installed ipckit as the judge: what our `PeerReader` foretells is what it does.
@Suite("Verdicts of ipckit", .timeLimit(.minutes(1))) struct PeerVerdictTests {
  struct Verdicts: Decodable {
    /// `accepts: N` or `rejects: WORDS`, as a receiver has it.
    let receiver: String
    /// The same for who sends into the window.
    let sender: String
  }

  struct Row {
    let name: String
    let text: String
    /// What the table says.
    let recorded: String
  }

  private static func table() throws -> [Row] {
    String(decoding: try Fixture.bytes("json/peer.tsv"), as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
      .map { line in
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        return Row(name: columns[0], text: columns[1], recorded: columns[2])
      }
  }

  @Test func areThoseThatOursForetells() async throws {
    try await ThreadExecutor.run {
      let rows = try Self.table()
      #expect(rows.count > 400)
      let peer = try IpckitPeer()
      for row in rows {
        let verdicts: Verdicts = try peer.call(["do": "judge", "text": "\(row.text)"])
        let accepts = PeerReader.judge(Fixture.unescaped(row.text)) == .accepts
        #expect(verdicts.receiver.hasPrefix("accepts") == accepts, "\(row.name): \(verdicts.receiver)")
        // One bad message stops its sending as well.
        #expect(verdicts.sender.hasPrefix("accepts") == accepts, "\(row.name), sending: \(verdicts.sender)")
        #expect(verdicts.receiver == row.recorded, "\(row.name): the table is of another version of ipckit")
      }
    }
  }
}
