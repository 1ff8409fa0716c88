import TestSupport
import Testing

@testable import ChannelBridge

/// What a client shows of itself, and where it has that from.
@Suite("One's own token") struct OwnTokenTests {
  @Test(arguments: ["secret", "secret\n", "\n secret\r\n"])
  func isTheOnlyWordOfItsFile(text: String) {
    #expect(OwnToken(parsing: Array(text.utf8))?.text == "secret")
  }

  @Test(arguments: ["", "\n", "name secret", "a\u{7F}", "ü", String(repeating: "a", count: 4_097)])
  func isNothingElse(text: String) {
    #expect(OwnToken(parsing: Array(text.utf8)) == nil)
  }

  @Test func isRefusedWhereOthersMayReadIt() throws {
    try withScratchDirectory { folder in
      RawFiles.write("secret", to: folder + "/token")
      RawFiles.setPermissions(folder + "/token", to: 0o640)
      let error = #expect(throws: AccessTokenFileError.self) { try OwnToken.read(folder + "/token") }
      #expect(error?.reason == .openToOthers(permissions: 0o640))
      RawFiles.setPermissions(folder + "/token", to: 0o600)
      let token = try OwnToken.read(folder + "/token")
      #expect(token.text == "secret")
    }
  }

  @Test func isNotPrintedByAccident() throws {
    let token = try #require(OwnToken(parsing: Array("secret".utf8)))
    var dumped = ""
    dump(PeerIntroduction(token: token), to: &dumped)
    #expect(!"\(token)".contains("secret") && !dumped.contains("secret"), "\(dumped)")
  }

  @Test(arguments: [
    ("/a", "/a?reader=desk"), ("/a?", "/a?reader=desk"), ("/a?b=c", "/a?b=c&reader=desk"),
    ("/a?reader=other", "/a?reader=other"), ("/a?b&reader=", "/a?b&reader="),
  ])
  func goesWithTheNameOfAReader(target: String, meant: String) {
    #expect(PeerIntroduction(reader: "desk").target(target) == meant)
    #expect(PeerIntroduction().target(target) == target)
  }

  /// Events are kept for the first of several connections alone.
  @Test(arguments: [
    ("/a", "/a"), ("/a?b=c", "/a?b=c"), ("/a?reader=own", "/a"), ("/a?b=c&reader=own&d", "/a?b=c&d"), ("/a?", "/a"),
  ])
  func goesWithoutTheNameOfAReaderOverAFurtherConnection(target: String, meant: String) {
    var introduction = PeerIntroduction(reader: "desk")
    introduction.isFurther = true
    #expect(introduction.target(target) == meant)
  }
}
