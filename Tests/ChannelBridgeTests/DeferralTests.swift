import ChannelModel
import Testing

@testable import ChannelBridge

/// How long something is put off.
@Suite struct DeferralTests {
  private static let begin = Moment(nanoseconds: 1_000_000_000)
  private static let due = begin.advanced(by: Deferral.longest)

  @Test func endsWhenThereIsNothingElseToDo() {
    var deferral = Deferral()
    deferral.begin(at: Self.begin)
    let answers = [
      deferral.ends(isIdle: false, at: Self.begin), deferral.ends(isIdle: true, at: Self.begin), deferral.isOn,
    ]
    #expect(answers == [false, true, false])
  }

  @Test func endsInTimeThoughThereIsAlwaysSomethingBetterToDo() {
    var deferral = Deferral()
    var ended: [Moment] = []
    // Every 10 us there is something.
    for step in 0...60 {
      let now = Self.begin.advanced(by: .microseconds(10 * step))
      deferral.begin(at: now)
      if deferral.ends(isIdle: false, at: now) { ended.append(now) }
    }
    #expect(ended == [Self.due, Self.due.advanced(by: Deferral.longest + .microseconds(10))])
  }

  @Test func isNothingBeforeItBegins() {
    var deferral = Deferral()
    let answers = [deferral.isOn, deferral.ends(isIdle: true, at: Self.due)]
    #expect(answers == [false, false])
  }
}
