import ChannelWires
import TestSupport
import Testing

@Suite("A frame of a WebSocket") struct WebSocketFrameTests {
  private let hello = Array("Hello".utf8)

  /// RFC 6455, 5.7.
  @Test func isWrittenAsInTheExamples() {
    #expect(WebSocketFrame.text(hello).encoded(mask: nil) == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
    #expect(
      WebSocketFrame.text(hello).encoded(mask: 0x37FA_213D)
        == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
    )
    #expect(WebSocketFrame.ping(hello).encoded(mask: nil) == [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
    #expect(
      WebSocketFrame.pong(hello).encoded(mask: 0x37FA_213D)
        == [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
    )
    let short = [UInt8](repeating: 7, count: 256)
    #expect(WebSocketFrame.binary(short).encoded(mask: nil) == [0x82, 0x7E, 0x01, 0x00] + short)
    let long = [UInt8](repeating: 7, count: 65_536)
    #expect(WebSocketFrame.binary(long).encoded(mask: nil) == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + long)
  }

  @Test(arguments: [0, 1, 125, 126, 127, 4_095, 4_096, 4_097, 65_535, 65_536, 1 << 20])
  func isReadAsItWasWritten(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let letters = bytes.map { $0 & 0x3F | 0x20 }
    var random = SeededGenerator(seed: UInt64(count))
    for role in WebSocketRole.allCases {
      let mask: UInt32? = role == .server ? .random(in: 0 ... .max, using: &random) : nil
      let encoded = WebSocketFrame.binary(bytes).encoded(mask: mask) + WebSocketFrame.text(letters).encoded(mask: mask)
      // As by hand, mask and all.
      let handmade = mask.map { mask in [24, 16, 8, 0].map { UInt8(mask >> $0 & 255) } }
      #expect(
        encoded == HandmadeFrame.bytes(0x82, bytes, mask: handmade) + HandmadeFrame.bytes(0x81, letters, mask: handmade)
      )
      // In pieces of all sizes.
      var reader = WebSocketReader(role: role, messageLimit: count)
      var events: [WebSocketReader.Event] = []
      var rest = encoded[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...(rest.count < 5_000 ? 50 : 50_000), using: &random))
        rest = rest.dropFirst(piece.count)
        events += reader.take(Array(piece))
      }
      #expect(events == [.message(.binary, bytes), .message(.text, letters)])
    }
  }

  @Test func writesHowAConnectionEnds() {
    #expect(WebSocketFrame.close(nil).encoded(mask: nil) == [0x88, 0])
    #expect(WebSocketFrame.close(nil, reason: "lost").encoded(mask: nil) == [0x88, 0])
    #expect(WebSocketFrame.close(.normal).encoded(mask: nil) == [0x88, 2, 0x03, 0xE8])
    #expect(WebSocketFrame.close(.goingAway, reason: "a").encoded(mask: nil) == [0x88, 3, 0x03, 0xE9, 0x61])
    #expect(WebSocketFrame.close(.normal).encoded(mask: 0x0102_0304) == [0x88, 0x82, 1, 2, 3, 4, 0x02, 0xEA])
  }

  @Test(arguments: 115...125) func cutsAReasonBetweenCharacters(_ count: Int) {
    let reason = String(repeating: "x", count: count) + "€😀"
    let events = HandmadeFrame.events(WebSocketFrame.close(.normal, reason: reason).encoded(mask: nil), role: .client)
    guard case .closing(.normal, let read) = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(reason.hasPrefix(read))
    #expect(read.utf8.count <= 123)
    #expect(read.unicodeScalars.count == min(count, 123) + (count <= 120 ? 1 : 0) + (count <= 116 ? 1 : 0))
  }

  @Test func aControlFrameThatIsTooLongIsAMistakeOfOurs() async {
    await #expect(processExitsWith: .failure) {
      _ = WebSocketFrame.ping([UInt8](repeating: 0, count: 126)).encoded(mask: nil)
    }
  }
}
