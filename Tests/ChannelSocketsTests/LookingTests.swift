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

  /// Looks on so many times, each time that it is tried again, and has the processor back after so long, when something has
  /// happened or nothing has. Each time takes a second.
  private static func look(
    _ looking: inout Looking,
    times: Int,
    finding hasHappened: Bool,
    givingWayFor time: Duration
  ) -> Int {
    var (left, second) = (times, 0)
    while left > 0 {
      second += 1
      guard looking.goesOn(hasHappened: true, at: .seconds(second)) else { continue }
      looking.gaveWay(for: time)
      _ = looking.goesOn(hasHappened: hasHappened, at: .seconds(second) + time)
      left -= 1
    }
    return second
  }

  private static let crowded = SpinPatience.crowding + .nanoseconds(1)

  @Test(arguments: [false, true])
  func notWhereOthersComputeTimeAndAgainWhateverIsFoundThen(hasHappened: Bool) {
    var looking = Looking()
    let last = Self.look(&looking, times: 3, finding: hasHappened, givingWayFor: Self.crowded)
    #expect(Self.lookInVain(&looking, seconds: last + 1...last + 400) == 0)
  }

  @Test func soonAgainWhereOthersComputedOnce() {
    var looking = Looking()
    let last = Self.look(&looking, times: 1, finding: false, givingWayFor: Self.crowded)
    #expect(Self.lookInVain(&looking, seconds: last + 1...last + 20) > 0)
  }

  @Test func whereOthersTakeTheProcessorForAMoment() {
    var looking = Looking()
    let last = Self.look(&looking, times: 100, finding: true, givingWayFor: SpinPatience.crowding)
    #expect(last == 100)
  }

  @Test func noMoreOnceOthersTookTheProcessor() {
    var looking = Looking()
    var answers = [looking.goesOn(hasHappened: true, at: .seconds(1))]
    looking.gaveWay(for: Self.crowded)
    answers.append(looking.goesOn(hasHappened: false, at: .seconds(1) + .nanoseconds(1)))
    #expect(answers == [true, false])
  }
}
