import Testing

@testable import Transom

@Suite struct WaitLimitTests {
  @Test func aLimitEndsAtOneMomentHoweverOftenItIsAsked() throws {
    var limit = WaitLimit(.seconds(5))
    let end = try #require(limit.end())
    // Until a limit that began now would end later.
    while Watcher.now.advanced(by: .seconds(5)) <= end {}
    #expect(limit.end() == end)
  }

  @Test func withoutALimitThereIsNoEnd() {
    var limit = WaitLimit(nil)
    #expect(limit.end() == nil)
  }
}
