import ChannelModel
import Testing

/// How many connections lead to one place.
struct ConnectionPoolTests {
  private let now = Moment(nanoseconds: 1_000_000_000)

  @Test func growsOnlyWhileAllAreBusy() {
    let pool = ConnectionPool(most: 3, idleTime: .seconds(30))
    #expect(!pool.mayOpen(beside: 1, whichAnswerAtLeast: 0, at: now))
    #expect(pool.mayOpen(beside: 1, whichAnswerAtLeast: 1, at: now))
    #expect(pool.mayOpen(beside: 2, whichAnswerAtLeast: 9, at: now))
    #expect(!pool.mayOpen(beside: 3, whichAnswerAtLeast: 9, at: now))
  }

  @Test func opensOneAfterTheOther() {
    var pool = ConnectionPool(most: 3, idleTime: .seconds(30))
    pool.opens()
    #expect(!pool.mayOpen(beside: 1, whichAnswerAtLeast: 1, at: now))
    pool.opened()
    #expect(pool.mayOpen(beside: 2, whichAnswerAtLeast: 1, at: now))
  }

  @Test func waitsLongerEachTimeThatNobodyLetsItIn() {
    var pool = ConnectionPool(most: 3, idleTime: .seconds(30))
    var pauses: [Duration] = []
    for _ in 0..<12 {
      pool.opens()
      let pause = pool.failed(at: now, jitter: 0)
      #expect(!pool.mayOpen(beside: 1, whichAnswerAtLeast: 1, at: now.advanced(by: pause - .nanoseconds(1))))
      #expect(pool.mayOpen(beside: 1, whichAnswerAtLeast: 1, at: now.advanced(by: pause)))
      pauses.append(pause)
    }
    #expect(pauses == pauses.sorted() && pauses[0] == .milliseconds(250) && pauses[11] == .seconds(60))
    pool.opened()
    #expect(pool.failed(at: now, jitter: 0) == .milliseconds(250))
  }
}
