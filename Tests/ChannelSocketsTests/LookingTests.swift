import LinuxIO
import Testing

@testable import ChannelSockets

/// When a loop looks on before it sleeps.
@Suite struct LookingTests {
  private let long = SpinPatience.longest

  @Test func forAMomentAfterSomethingHappened() {
    var looking = Looking()
    #expect(!looking.goesOn(hasHappened: false, at: .zero))
    #expect(looking.goesOn(hasHappened: true, at: .seconds(1)))
    #expect(looking.goesOn(hasHappened: false, at: .seconds(1) + long - .nanoseconds(1)))
    #expect(!looking.goesOn(hasHappened: false, at: .seconds(1) + long))
    #expect(!looking.goesOn(hasHappened: false, at: .seconds(2)))
  }

  @Test func forAsLongAsThingsHappen() {
    var looking = Looking()
    for number in 1...1_000 {
      #expect(looking.goesOn(hasHappened: true, at: long * (2 * number) / 3))
    }
  }

  @Test func moreRarelyWhereItWasVain() {
    var looking = Looking()
    var tries = 0
    for second in 1...1_000 {
      if looking.goesOn(hasHappened: true, at: .seconds(second)) {
        tries += 1
        #expect(!looking.goesOn(hasHappened: false, at: .seconds(second) + long))
      }
    }
    #expect(tries < 16)
  }

  @Test func againOnceItPaid() {
    var looking = Looking()
    var now = Duration.zero
    for _ in 0..<20 {
      now += .seconds(1)
      if looking.goesOn(hasHappened: true, at: now) { _ = looking.goesOn(hasHappened: false, at: now + long) }
    }
    // What comes at once pays, as soon as it is tried again.
    var tries = 0
    for _ in 0..<1_000 {
      now += .microseconds(10)
      tries += looking.goesOn(hasHappened: true, at: now) ? 1 : 0
    }
    #expect(tries > 700)
  }

  @Test func notWhereOthersNeedTheProcessor() {
    var looking = Looking()
    #expect(looking.goesOn(hasHappened: true, at: .seconds(1)))
    #expect(!looking.goesOn(hasHappened: false, at: .seconds(1) + SpinPatience.crowding + .nanoseconds(1)))
    var isTried = false
    for second in 2...200 where looking.goesOn(hasHappened: true, at: .seconds(second)) { isTried = true }
    #expect(!isTried)
  }
}
