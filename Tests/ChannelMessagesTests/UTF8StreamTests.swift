import ChannelMessages
import TestSupport
import Testing

@Suite("Text in pieces") struct UTF8StreamTests {
  /// Whether some text begins so: one of these ends completes each character that was begun.
  private func isBeginning(_ bytes: [UInt8]) -> Bool {
    let ends: [[UInt8]] = [
      [], [0x80], [0x80, 0x80], [0x90, 0x80], [0xA0, 0x80], [0x80, 0x80, 0x80], [0x90, 0x80, 0x80],
    ]
    return ends.contains { String(validating: bytes + $0, as: UTF8.self) != nil }
  }

  /// What is taken of these bytes, one by one, until they are refused.
  private func expectJudgedByTheByte(_ bytes: [UInt8]) {
    var stream = UTF8Stream()
    for count in 1...bytes.count {
      let isTaken = stream.take(bytes[(count - 1)..<count])
      let isBeginning = isBeginning(Array(bytes[..<count]))
      #expect(isTaken == isBeginning, "\(bytes[..<count])")
      guard isTaken else { return }
      #expect(stream.isComplete == (String(validating: bytes[..<count], as: UTF8.self) != nil), "\(bytes[..<count])")
    }
  }

  @Test func judgesEachByteAsItComes() {
    let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
    for first in [0x41, 0x80, 0xBF] + Array<UInt8>(0xC0...0xFF) {
      for second in edges {
        for third in edges { expectJudgedByTheByte([first, second, third, 0x80]) }
      }
    }
  }

  @Test func isTheSameHoweverItIsCut() {
    var random = SeededGenerator(seed: 7)
    let parts: [[UInt8]] = [
      [UInt8]("a"), [UInt8]("é"), [UInt8]("€"), [UInt8]("😀"), [UInt8]("plain text, longer than a word of the machine"),
      [0xED, 0xA0, 0x80], [0xC0], [0xF4, 0x90], [0xE2, 0x82],
    ]
    for _ in 0..<2_000 {
      // Mostly good ones, so that what is broken stands at the end as often as in the middle.
      let bytes = (0..<6).flatMap { _ in
        parts[Int.random(in: 0..<(Bool.random(using: &random) ? 5 : 9), using: &random)]
      }
      var whole = UTF8Stream()
      let isTaken = whole.take(bytes[...])
      #expect(isTaken == isBeginning(bytes))
      let cut = Int.random(in: 0...bytes.count, using: &random)
      var parts = UTF8Stream()
      let areTaken = parts.take(bytes[..<cut]) && parts.take(bytes[cut...])
      #expect(areTaken == isTaken)
      if isTaken { #expect(parts.isComplete == whole.isComplete) }
    }
  }
}
