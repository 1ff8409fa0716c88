import ChannelWires
import Testing

/// Frames put together by hand, byte for byte as RFC 6455 has them, right or wrong.
enum HandmadeFrame {
  static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

  /// A frame of a client, or with `mask: nil` of a server. Its first byte is `first`; `length` stands where another
  /// length is to be written than the shortest, mask bit included.
  static func bytes(_ first: UInt8, _ payload: [UInt8] = [], mask: [UInt8]? = mask, length: [UInt8]? = nil) -> [UInt8] {
    let bit: UInt8 = mask == nil ? 0 : 0x80
    let count = payload.count
    let shortest: [UInt8] =
      switch count {
      case ..<126: [UInt8(count)]
      case ..<65_536: [126, UInt8(count >> 8), UInt8(count & 255)]
      default: [127] + stride(from: 56, through: 0, by: -8).map { UInt8(count >> $0 & 255) }
      }
    let head = [first] + (length ?? [shortest[0] | bit] + shortest.dropFirst())
    guard let mask else { return head + payload }
    return head + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
  }

  static func bytes(_ first: UInt8, _ text: String, mask: [UInt8]? = mask) -> [UInt8] {
    bytes(first, Array(text.utf8), mask: mask)
  }

  /// What is read of bytes, which are given whole, byte by byte, and cut in two at each place.
  static func events(
    _ bytes: [UInt8],
    role: WebSocketRole = .server,
    limit: Int = 1_000,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> [WebSocketReader.Event] {
    var whole = WebSocketReader(role: role, messageLimit: limit)
    let events = whole.take(bytes)
    let isWithinMessage = whole.isWithinMessage
    var single = WebSocketReader(role: role, messageLimit: limit)
    var singly: [WebSocketReader.Event] = []
    for byte in bytes { singly += single.take([byte]) }
    #expect(singly == events, sourceLocation: sourceLocation)
    #expect(single.isWithinMessage == isWithinMessage, sourceLocation: sourceLocation)
    for cut in bytes.indices {
      var parts = WebSocketReader(role: role, messageLimit: limit)
      let both = parts.take(Array(bytes[..<cut])) + parts.take(Array(bytes[cut...]))
      #expect(both == events, "cut at \(cut)", sourceLocation: sourceLocation)
    }
    return events
  }
}
