import ChannelMessages
import Testing

@Suite("Lines out of a stream") struct LineCutterTests {
  @Test func areTheSameHoweverTheyArrive() throws {
    let text = Array("one\n\ntwo\nthree\n\nlast".utf8)
    for size in 1...text.count {
      var cutter = LineCutter(limit: 5)
      var found: [String] = []
      for start in stride(from: 0, to: text.count, by: size) {
        cutter.take(text[start..<min(start + size, text.count)])
        while let line = try cutter.next() { found.append(String(decoding: line, as: UTF8.self)) }
      }
      #expect(found == ["one", "", "two", "three", ""])
      #expect(cutter.hasBegun)
    }
  }

  @Test func areRefusedWhenTheyAreTooLongBeforeTheirEndHasCome() throws {
    var cutter = LineCutter(limit: 3)
    cutter.take(Array("abc\nabc".utf8))
    #expect(try cutter.next() == Array("abc".utf8))
    #expect(try cutter.next() == nil)
    cutter.take([UInt8(ascii: "d")])
    #expect(throws: LineCutter.TooLong(limit: 3)) { try cutter.next() }
    var whole = LineCutter(limit: 3)
    whole.take(Array("abcd\n".utf8))
    #expect(throws: LineCutter.TooLong(limit: 3)) { try whole.next() }
  }
}
