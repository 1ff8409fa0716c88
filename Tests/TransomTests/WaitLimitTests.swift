import ChannelModel
import Testing

@testable import Transom

@Suite struct WaitLimitTests {
  @Test func aLimitEndsAtOneMomentHoweverOftenItIsAsked() throws {
    var limit = WaitLimit(.seconds(5))
    let asked = limit.end()
    let end = try #require(asked)
    // Until a limit that began now would end later.
    while Moment.now.advanced(by: .seconds(5)) <= end {}
    let askedAgain = limit.end()
    #expect(askedAgain == end)
  }

  @Test func withoutALimitThereIsNoEnd() {
    var limit = WaitLimit(nil)
    let end = limit.end()
    #expect(end == nil)
  }
}
