import ChannelMessages
import Testing

@Suite("Durations") struct DurationTextTests {
  @Test(
    arguments: [
      ("500ms", .milliseconds(500)), ("5s", .seconds(5)), ("2m", .seconds(120)), ("1.5s", .milliseconds(1_500)),
      ("0s", .zero), ("1h", .seconds(3_600)), ("250us", .microseconds(250)), ("1ns", .nanoseconds(1)),
      ("0.001ms", .microseconds(1)), ("1.10s", .milliseconds(1_100)), ("8760h", .seconds(365 * 86_400)),
    ] as [(String, Duration)]
  )
  func areReadWithTheirUnit(_ text: String, _ duration: Duration) {
    #expect(DurationText.parse(text) == duration)
  }

  @Test(arguments: [
    "", "s", "5", "5 s", "-5s", "+5s", "5S", "5sec", ".5s", "5.s", "1.2.3s", "0.1ns", "1e3s", "8761h", "٣s",
    "99999999999999999999s", "9223372036854775807h", "9223372036.9s", "0\u{301}s", "1.0\u{301}s",
  ])
  func areNothingElse(_ text: String) {
    #expect(DurationText.parse(text) == nil)
  }

  @Test(
    arguments: [
      (.zero, "0 s"), (.nanoseconds(999), "999 ns"), (.microseconds(12), "12 us"), (.milliseconds(24), "24 ms"),
      (.milliseconds(1_500), "1.5 s"), (.milliseconds(1_040), "1 s"), (.seconds(15), "15 s"), (.seconds(90), "1.5 min"),
      (.seconds(7_200), "2 h"), (.seconds(3 * 86_400), "3 d"), (.milliseconds(-1_500), "-1.5 s"),
    ] as [(Duration, String)]
  )
  func areShownInTheLargestUnit(_ duration: Duration, _ text: String) {
    #expect(DurationText.text(duration) == text)
  }

  @Test(
    arguments: [
      (.zero, "0s"), (.seconds(5), "5s"), (.seconds(90), "90s"), (.seconds(120), "2m"), (.seconds(7_200), "2h"),
      (.milliseconds(1_500), "1500ms"), (.microseconds(1_001), "1001us"), (.nanoseconds(1), "1ns"),
    ] as [(Duration, String)]
  )
  func areWrittenSoThatTheyAreReadAsTheSame(_ duration: Duration, _ text: String) {
    #expect(DurationText.exact(duration) == text)
    #expect(DurationText.parse(text) == duration)
  }
}
