import ChannelMessages
import Testing

@Suite struct UTF8CheckTests {
  private func standard(_ bytes: [UInt8]) -> Int? {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }

  @Test func agreesWithTheStandardLibraryOnAllPairsOfBytes() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        for bytes in [
          [first, second], [first, second, 0x80], [first, second, 0x80, 0xBF], [0x41, first, second, 0x80, 0xC0],
        ] {
          if UTF8Check.firstInvalid(bytes.span) != standard(bytes) { Issue.record("\(bytes)") }
        }
      }
    }
  }

  @Test func agreesWhereverTheCharacterStands() {
    for character in ["é", "€", "𝄞"] {
      for before in 0..<70 {
        let whole = Array((String(repeating: "a", count: before) + character + "aaaaaaaaa").utf8)
        #expect(UTF8Check.firstInvalid(whole.span) == nil)
        let torn = Array(whole[..<(before + 1)])
        #expect(UTF8Check.firstInvalid(torn.span) == before)
      }
    }
  }
}
