import ChannelCommands
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
    "99999999999999999999s", "9223372036854775807h",
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
}

@Suite("Sizes") struct ByteCountTextTests {
  @Test(
    arguments: [
      (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (1_536, "1.5 KiB"), (4 << 20, "4.0 MiB"),
      (200 << 20, "200 MiB"),
      (UInt64.max, "15.9 EiB"),
    ] as [(UInt64, String)]
  )
  func areShownInTheLargestUnit(_ count: UInt64, _ text: String) {
    #expect(ByteCountText.text(count) == text)
  }
}

@Suite("Suggestions") struct SuggestionTests {
  @Test(arguments: [
    ("lisen", "listen"), ("ilsten", "listen"), ("LISTEN", "listen"), ("sned", "send"), ("requst", "request"),
    ("insp", "inspect"), ("--tiemout", "--timeout"),
  ])
  func findWhatWasMeant(_ word: String, _ meant: String) {
    let known = ["init", "send", "request", "respond", "listen", "reader", "inspect", "--timeout", "--text"]
    #expect(Suggestion.nearest(to: word, among: known) == meant)
  }

  @Test(arguments: ["", "x", "banana", "re", "zzzzzz"]) func leaveStrangeWordsAlone(_ word: String) {
    #expect(Suggestion.nearest(to: word, among: ["request", "respond", "reader", "listen"]) == nil)
  }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1),
    ("kitten", "sitting", 3), ("ab", "ba", 1),
  ])
  func countLettersThatDiffer(_ one: String, _ other: String, _ distance: Int) {
    #expect(Suggestion.distance(from: Array(one), to: Array(other)) == distance)
    #expect(Suggestion.distance(from: Array(other), to: Array(one)) == distance)
  }
}

@Suite("Tables") struct TextTableTests {
  @Test func areAlignedAndEndWithoutBlanks() {
    var table = TextTable([("NAME", .left), ("LAG", .right), ("HELD BY", .left)])
    table.add(["worker", "3", "process 12"])
    table.add(["é", "1200", ""])
    #expect(table.text() == "NAME     LAG  HELD BY\nworker     3  process 12\né       1200\n")
  }

  @Test func doNotLetNamesSteerTheTerminal() {
    var table = TextTable([("NAME", .left)])
    table.add(["a\u{1B}[31m\n\u{9B}b"])
    #expect(table.text() == "NAME\na\u{FFFD}[31m\u{FFFD}\u{FFFD}b\n")
  }
}

@Suite("Colours") struct StyleTests {
  @Test func areThereOnATerminalUnlessSomebodyObjects() {
    func isColoured(_ wish: String, _ isTerminal: Bool, _ environment: [String: String] = [:]) -> Bool {
      Style.decided(wish, isTerminal: isTerminal, environment: environment).isColoured
    }
    #expect(isColoured("auto", true))
    #expect(!isColoured("auto", false))
    #expect(!isColoured("auto", true, ["NO_COLOR": "1"]))
    #expect(isColoured("auto", true, ["NO_COLOR": ""]))
    #expect(!isColoured("auto", true, ["TERM": "dumb"]))
    #expect(isColoured("always", false, ["NO_COLOR": "1"]))
    #expect(!isColoured("never", true))
  }
}

@Suite("Lines") struct LineQueueTests {
  @Test func areTheSameHoweverTheyArrive() {
    let text = Array("one\n\ntwo\nthree\n\n\nlast".utf8)
    let expected = ["one", "", "two", "three", "", "", "last"]
    for size in 1...text.count {
      var lines = LineQueue()
      var found: [String] = []
      for start in stride(from: 0, to: text.count, by: size) {
        lines.feed(Array(text[start..<min(start + size, text.count)]))
        while let line = lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
      }
      #expect(found.count == 6)
      lines.end()
      while let line = lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
      #expect(found == expected)
    }
  }

  @Test func endWithoutAnEmptyOne() {
    var lines = LineQueue()
    lines.feed(Array("a\n".utf8))
    lines.end()
    #expect(lines.next() == Array("a".utf8))
    #expect(lines.next() == nil)
  }
}
