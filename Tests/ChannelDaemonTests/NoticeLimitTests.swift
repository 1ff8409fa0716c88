import ChannelModel
import Testing

@testable import ChannelDaemon

/// Lines that strangers bring about.
struct NoticeLimitTests {
  @Test func areTensAtOnceAndThenSomeASecond() {
    var limit = NoticeLimit()
    let start = Moment(nanoseconds: 1_000_000_000)
    let atOnce = (0..<1_000).count { _ in limit.take(at: start) != nil }
    #expect((1...40).contains(atOnce))
    let untold = limit.take(at: start.advanced(by: .seconds(1)))
    #expect(untold == 1_000 - atOnce)
    #expect(limit.take(at: start.advanced(by: .seconds(100))) == 0)
  }
}
