import Testing

@testable import ChannelBridge

/// What is reckoned to be held for one who asks.
@Suite struct PendingAnswersTests {
  @Test func whatIsWrittenCountsUntilItIsTaken() {
    var answers = PendingAnswers()
    answers.begin(100)
    answers.begin(50)
    #expect(answers.waiting == 150 && answers.byteCount == 150)
    answers.end(100, untaken: 300)
    #expect(answers.waiting == 50 && answers.byteCount == 150)
    answers.drained()
    #expect(answers.byteCount == 50)
    // All of it is out at once.
    answers.end(50, untaken: 0)
    #expect(answers == PendingAnswers())
  }

  /// One who reads all the time, and always asks for more, has never taken all: it is not added up for ever.
  @Test func noMoreIsUntakenThanStillWaits() {
    var answers = PendingAnswers()
    for _ in 0..<10_000 {
      answers.begin(10_000)
      answers.end(10_000, untaken: 300_000)
    }
    #expect(answers.byteCount == 300_000)
    answers.begin(10_000)
    answers.end(10_000, untaken: 20_000)
    #expect(answers.byteCount == 20_000)
  }
}
