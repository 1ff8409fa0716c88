import ChannelCommands
import Testing

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
