import ChannelWires
import Testing

private typealias Frame = HandmadeFrame

/// What a text message may be, and how long any message.
@Suite("Text and length on a WebSocket") struct WebSocketTextTests {
  /// After how many of the bytes it is refused; nil when it is not.
  private func place(_ bytes: [UInt8], limit: Int = 1_000) -> (Int, WebSocketRefusal)? {
    var reader = WebSocketReader(role: .server, messageLimit: limit)
    for (place, byte) in bytes.enumerated() {
      if case .refused(let refusal) = reader.take([byte]).last { return (place + 1, refusal) }
    }
    return nil
  }

  @Test(arguments: [
    "κόσμε", "\u{0}", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "\u{D7FF}",
    "\u{E000}",
    "\u{FFFD}", "\u{FEFF}",
  ])
  func takesTextHoweverItIsCutIntoFrames(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(Frame.events(Frame.bytes(0x81, bytes)) == [.message(.text, bytes)])
    for cut in 0...bytes.count {
      let frames = Frame.bytes(0x01, Array(bytes[..<cut])) + Frame.bytes(0x89) + Frame.bytes(0x80, Array(bytes[cut...]))
      #expect(Frame.events(frames) == [.ping([]), .message(.text, bytes)])
    }
  }

  /// Each with how many of its bytes may begin a text.
  @Test(
    arguments: [
      ([0x80], 0), ([0xBF], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xC3, 0x28], 1), ([0xE0, 0x9F, 0xBF], 1),
      ([0xE2, 0x82, 0x28], 2), ([0xED, 0xA0, 0x80], 1), ([0xED, 0xBF, 0xBF], 1), ([0xF0, 0x8F, 0xBF, 0xBF], 1),
      ([0xF0, 0x9F, 0x98, 0xC0], 3), ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFE], 0),
      ([0xFF], 0), ([0xF8, 0x88, 0x80, 0x80, 0x80], 0),
    ] as [([UInt8], Int)]
  )
  func refusesWhatIsNoTextAtItsByte(_ bytes: [UInt8], _ good: Int) throws {
    let head = 2 + 4
    // In one frame, of which nothing more needs to come.
    let whole = Frame.bytes(0x81, Array("ab".utf8) + bytes + Array("rest".utf8))
    let first = try #require(place(whole))
    #expect(first == (head + 2 + good + 1, .notText))
    #expect(Frame.events(whole) == [.refused(.notText)])
    // One byte a frame: in the frame in which it happens, with no end of the message in sight.
    let frames = Frame.bytes(0x01, "a") + bytes.flatMap { Frame.bytes(0x00, [$0]) } + Frame.bytes(0x00, "rest")
    let second = try #require(place(frames))
    #expect(second == ((head + 1) * (good + 2), .notText))
    #expect(Frame.events(frames) == [.refused(.notText)])
  }

  @Test(arguments: [[0xE2], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3]] as [[UInt8]])
  func refusesATextThatEndsWithinACharacter(_ bytes: [UInt8]) {
    #expect(Frame.events(Frame.bytes(0x81, bytes)) == [.refused(.notText)])
    #expect(Frame.events(Frame.bytes(0x01, bytes) + Frame.bytes(0x80)) == [.refused(.notText)])
  }

  @Test func takesAnyBytesThatAreNoText() {
    let bytes = [UInt8](0...255)
    #expect(Frame.events(Frame.bytes(0x82, bytes)) == [.message(.binary, bytes)])
  }

  @Test func countsTheBytesOfAWholeMessage() {
    let limit = 10
    let ten = [UInt8](repeating: 1, count: 10)
    #expect(Frame.events(Frame.bytes(0x82, ten), limit: limit) == [.message(.binary, ten)])
    #expect(Frame.events(Frame.bytes(0x82, ten + [1]), limit: limit) == [.refused(.tooBig(limit: 10))])
    let parts = Frame.bytes(0x02, Array(ten[..<6])) + Frame.bytes(0x00, Array(ten[6...]))
    #expect(Frame.events(parts + Frame.bytes(0x80), limit: limit) == [.message(.binary, ten)])
    #expect(Frame.events(parts + Frame.bytes(0x80, [1]), limit: limit) == [.refused(.tooBig(limit: 10))])
    // A control frame is no part of it.
    let ping = Frame.bytes(0x89, [UInt8](repeating: 1, count: 20))
    #expect(Frame.events(Frame.bytes(0x02, ten) + ping + Frame.bytes(0x80), limit: limit).count == 2)
    // Nor is the message before.
    #expect(Frame.events(Frame.bytes(0x82, ten) + Frame.bytes(0x82, ten), limit: limit).count == 2)
    #expect(Frame.events(Frame.bytes(0x82, [1]), limit: 0) == [.refused(.tooBig(limit: 0))])
    #expect(Frame.events(Frame.bytes(0x82), limit: 0) == [.message(.binary, [])])
  }

  @Test(
    arguments: [[0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0, 0, 1, 0, 0, 0, 0, 0]] as [[UInt8]]
  )
  func refusesALengthOverTheLimitBeforeItComes(_ length: [UInt8]) throws {
    let frame = Frame.bytes(0x82, [1], length: length)
    let found = try #require(place(frame))
    #expect(found == (frame.count, .tooBig(limit: 1_000)))
    #expect(found.1.code == .tooBig)
  }

  @Test(arguments: [1, 64, 1_000]) func hasNeverRoomForMoreThanTheLimit(_ size: Int) {
    let limit = 600 << 10
    var reader = WebSocketReader(role: .server, messageLimit: limit)
    _ = reader.take(Frame.bytes(0x02, [UInt8](repeating: 1, count: 590 << 10)))
    for _ in 0..<8 { _ = reader.take(Frame.bytes(0x00, [UInt8](repeating: 1, count: size))) }
    let events = reader.take(Frame.bytes(0x80))
    guard case .message(.binary, let bytes) = events.first else {
      Issue.record("it is read")
      return
    }
    // What the allocator adds is its own business.
    #expect(bytes.capacity <= limit + 4_096)
    #expect(bytes.count == 590 << 10 + 8 * size)
  }

  /// If it did, there would be no such memory, and this would not live to tell.
  @Test(arguments: [0x02, 0x82] as [UInt8]) func setsNothingAsideForWhatIsOnlyAnnounced(_ first: UInt8) {
    var reader = WebSocketReader(role: .client, messageLimit: .max)
    let length: [UInt8] = [127, 0x3F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    for piece in [[first] + length + [1, 2, 3], [UInt8](repeating: 1, count: 10_000)] {
      let events = reader.take(piece)
      #expect(events.isEmpty)
    }
    let isWithinMessage = reader.isWithinMessage
    #expect(isWithinMessage)
  }

  @Test func manySmallPartsCostNoMoreThanTheirBytes() {
    var reader = WebSocketReader(role: .server, messageLimit: 1 << 20)
    let begin = ContinuousClock.now
    _ = reader.take(Frame.bytes(0x02))
    // Copied for each part it would be 8 GiB.
    for _ in 0..<1 << 14 { _ = reader.take(Frame.bytes(0x00, [UInt8](repeating: 1, count: 64))) }
    let events = reader.take(Frame.bytes(0x80))
    #expect(events == [.message(.binary, [UInt8](repeating: 1, count: 1 << 20))])
    #expect(ContinuousClock.now - begin < .seconds(5))
  }
}
