// The bytes of an inotify descriptor as events: a pure function that owns nothing.

/// Decodes what the kernel wrote: records of watch, mask, cookie and length (four bytes each, the machine's order),
/// then a name padded with NULs to that length.
package enum InotifyDecoder {
  /// The bytes before the name.
  package static let headerSize = 16

  /// The longest name field that is believed. The kernel's own is 256; far more is no name but damage.
  package static let longestName = 4_096

  /// What came of some bytes.
  package struct Decoded: Hashable, Sendable {
    /// The events that were whole, in order.
    package var events: [InotifyEvent] = []
    /// Why decoding ended.
    package var end = End.clean

    package init(events: [InotifyEvent] = [], end: End = .clean) {
      self.events = events
      self.end = end
    }
  }

  /// Why decoding ended. After anything but `.clean`, events were lost.
  package enum End: Hashable, Sendable {
    /// With the last byte.
    case clean
    /// Inside a record that begins at this offset: the rest of it is not there.
    case cut(at: Int)
    /// Before a record, at this offset, that claims a name longer than `longestName`: nothing after it can be believed.
    case absurd(at: Int, length: UInt32)
  }

  /// Every whole event in the bytes, and why there were no more.
  ///
  /// Whatever the bytes are, this neither traps nor takes memory beyond a small multiple of them.
  package static func events(in bytes: Span<UInt8>) -> Decoded {
    var decoded = Decoded()
    var offset = 0
    while offset < bytes.count {
      guard bytes.count - offset >= headerSize else {
        decoded.end = .cut(at: offset)
        break
      }
      let length = word(in: bytes, at: offset + 12)
      guard length <= UInt32(longestName) else {
        decoded.end = .absurd(at: offset, length: length)
        break
      }
      let nameStart = offset + headerSize
      guard Int(length) <= bytes.count - nameStart else {
        decoded.end = .cut(at: offset)
        break
      }
      decoded.events.append(
        InotifyEvent(
          watch: Int32(bitPattern: word(in: bytes, at: offset)),
          mask: InotifyMask(rawValue: word(in: bytes, at: offset + 4)),
          cookie: word(in: bytes, at: offset + 8),
          name: name(in: bytes, from: nameStart, size: Int(length))
        )
      )
      offset = nameStart + Int(length)
    }
    return decoded
  }

  /// The bytes up to the first NUL, or all of them where there is none.
  private static func name(in bytes: Span<UInt8>, from start: Int, size: Int) -> [UInt8] {
    var length = 0
    while length < size, bytes[start + length] != 0 { length += 1 }
    if length == 0 { return [] }
    return [UInt8](capacity: length) { output in
      for place in start..<start + length { output.append(bytes[place]) }
    }
  }

  private static func word(in bytes: Span<UInt8>, at offset: Int) -> UInt32 {
    let pattern =
      UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
      | UInt32(bytes[offset + 3]) << 24
    // Put together low byte first, while the kernel writes in the machine's own order: the same, or turned round.
    return UInt32(littleEndian: pattern)
  }
}
