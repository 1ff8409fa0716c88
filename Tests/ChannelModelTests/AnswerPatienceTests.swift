import Testing

@testable import ChannelModel

@Suite struct AnswerPatienceTests {
  @Test func beginsShort() {
    #expect(AnswerPatience().duration == AnswerPatience.shortest)
  }

  @Test func isTwiceWhatTheSlowestAnswerOfLateTook() {
    var patience = AnswerPatience()
    patience.answered(after: .microseconds(200))
    #expect(patience.duration == .microseconds(400))
    patience.answered(after: .microseconds(300))
    #expect(patience.duration == .microseconds(600))
    patience.answered(after: .microseconds(20))
    #expect(patience.duration > .microseconds(400) && patience.duration < .microseconds(600))
  }

  @Test func forgetsWhatWasSlow() {
    var patience = AnswerPatience()
    patience.answered(after: .milliseconds(2))
    for _ in 0..<5_000 { patience.answered(after: .microseconds(10)) }
    #expect(patience.duration == AnswerPatience.shortest)
  }

  @Test func neverKeepsARequestForLong() {
    var patience = AnswerPatience()
    patience.answered(after: .seconds(100))
    #expect(patience.duration == AnswerPatience.longest)
  }

  @Test func isShortAgainWhenNoneOfOursHasAnswered() {
    var patience = AnswerPatience()
    patience.answered(after: .milliseconds(1))
    #expect(patience.isOurs)
    patience.missed()
    #expect(!patience.isOurs && patience.duration == AnswerPatience.shortest)
  }
}
