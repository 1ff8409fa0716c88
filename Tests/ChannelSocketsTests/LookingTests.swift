import LinuxIO
import Testing

@testable import ChannelSockets

/// When a loop looks on before it sleeps.
@Suite struct LookingTests {
  private static let long = SpinPatience.longest

  /// Whether it looks on, each time that it is asked.
  private static func answers(_ asked: (hasHappened: Bool, at: Duration)...) -> [Bool] {
    var looking = Looking()
    return asked.map { looking.goesOn(hasHappened: $0.hasHappened, at: $0.at) }
  }

  @Test func forAMomentAfterSomethingHappened() {
    let second = Duration.seconds(1)
    let answers = Self.answers(
      (false, .zero),
      (true, second),
      (false, second + Self.long - .nanoseconds(1)),
      (false, second + Self.long),
      (false, .seconds(2))
    )
    #expect(answers == [false, true, true, false, false])
  }

  @Test func forAsLongAsThingsHappen() {
    var looking = Looking()
    let answers = (1...1_000).map { looking.goesOn(hasHappened: true, at: Self.long * (2 * $0) / 3) }
    #expect(!answers.contains(false))
  }

  /// Asks once a second, when nothing comes of it; says how often it was tried.
  private static func lookInVain(_ looking: inout Looking, seconds: ClosedRange<Int>) -> Int {
    var tries = 0
    for second in seconds where looking.goesOn(hasHappened: true, at: .seconds(second)) {
      tries += 1
      _ = looking.goesOn(hasHappened: false, at: .seconds(second) + long)
    }
    return tries
  }

  @Test func moreRarelyWhereItWasVain() {
    var looking = Looking()
    #expect((1..<16).contains(Self.lookInVain(&looking, seconds: 1...1_000)))
  }

  @Test func againOnceItPaid() {
    var looking = Looking()
    _ = Self.lookInVain(&looking, seconds: 1...20)
    // What comes at once pays, as soon as it is tried again.
    let answers = (1...1_000).map { looking.goesOn(hasHappened: true, at: .seconds(21) + .microseconds(10 * $0)) }
    #expect(answers.filter(\.self).count > 700)
  }

  @Test func alsoWhereItWasAtWorkForLongItself() {
    var looking = Looking()
    let work = SpinPatience.crowding * 2
    var answers = [looking.goesOn(hasHappened: true, at: .seconds(1))]
    looking.wasBusy(for: work)
    answers.append(looking.goesOn(hasHappened: false, at: .seconds(1) + work + .microseconds(1)))
    #expect(answers == [true, false])
    // In vain, but nobody else needed the processor: it is tried again soon.
    #expect(Self.lookInVain(&looking, seconds: 2...200) > 0)
  }

  /// Looks three times, each time that it is tried again, while others take the processor and `looking` is at work itself
  /// for so long.
  private static func lookInACrowd(_ looking: inout Looking, atWorkFor work: Duration) {
    var (crowded, second) = (0, 1)
    while crowded < 3 {
      if looking.goesOn(hasHappened: true, at: .seconds(second)) {
        looking.wasBusy(for: work)
        let back = .seconds(second) + work + SpinPatience.crowding + .microseconds(1)
        let goesOn = looking.goesOn(hasHappened: false, at: back)
        #expect(!goesOn)
        crowded += 1
      }
      second += 1
    }
  }

  @Test func notWhereOthersNeedTheProcessorTimeAndAgain() {
    var looking = Looking()
    Self.lookInACrowd(&looking, atWorkFor: .zero)
    #expect(Self.lookInVain(&looking, seconds: 1_001...1_500) == 0)
  }

  @Test func notWhereOthersTookItWhileItWasAtWorkAsWell() {
    var looking = Looking()
    Self.lookInACrowd(&looking, atWorkFor: .microseconds(10))
    #expect(Self.lookInVain(&looking, seconds: 1_001...1_500) == 0)
  }

  @Test func soonAgainWhereOthersTookItOnce() {
    var looking = Looking()
    let answers = [
      looking.goesOn(hasHappened: true, at: .seconds(1)),
      looking.goesOn(hasHappened: false, at: .seconds(1) + SpinPatience.crowding + .nanoseconds(1)),
    ]
    #expect(answers == [true, false])
    #expect(Self.lookInVain(&looking, seconds: 2...20) > 0)
  }
}
