import ChannelModel
import Testing

struct CircuitBreakerTests {
  private static let start = Moment(nanoseconds: 1_000_000_000)
  private static func after(_ seconds: Int) -> Moment { start.advanced(by: .seconds(seconds)) }

  @Test func opensAfterSoManyFailuresInARow() {
    var breaker = CircuitBreaker(after: 3, for: .seconds(10))
    for _ in 0..<2 { breaker.failed(at: Self.start) }
    breaker.succeeded()
    for _ in 0..<2 { breaker.failed(at: Self.start) }
    #expect(breaker.admits(at: Self.start))
    breaker.failed(at: Self.start)
    #expect(!breaker.admits(at: Self.start) && !breaker.admits(at: Self.after(9)))
  }

  @Test func letsOneTryAfterThePauseWhoDecides() {
    var breaker = CircuitBreaker(after: 1, for: .seconds(10))
    breaker.failed(at: Self.start)
    #expect(breaker.admits(at: Self.after(10)))
    breaker.begins()
    #expect(!breaker.admits(at: Self.after(10)) && !breaker.admits(at: Self.after(100)))
    breaker.failed(at: Self.after(11))
    #expect(!breaker.admits(at: Self.after(20)) && breaker.admits(at: Self.after(21)))
    breaker.begins()
    breaker.succeeded()
    #expect(breaker.admits(at: Self.after(21)))
    breaker.failed(at: Self.after(22))
    #expect(!breaker.admits(at: Self.after(22)))
  }

  /// What was asked before it opened says nothing new.
  @Test func isNotOpenLongerForWhatWasAskedBefore() {
    var breaker = CircuitBreaker(after: 1, for: .seconds(10))
    breaker.failed(at: Self.start)
    breaker.failed(at: Self.after(9))
    #expect(breaker.admits(at: Self.after(10)))
  }
}
