// Text that comes in pieces.

/// Tells as soon as the bytes are there whether text is UTF-8, however it is cut.
package struct UTF8Stream: Sendable {
  /// How many bytes the character that was begun still needs, and what the next of them may be (Unicode, table 3-7).
  private var wanted = 0
  private var allowed: ClosedRange<UInt8> = 0x80...0xBF

  package init() {}

  /// Whether a text may end here.
  package var isComplete: Bool { wanted == 0 }

  /// Whether there is a text that begins with all that was taken; once it is not, nothing may follow.
  package mutating func take(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while wanted > 0, let byte = rest.popFirst() {
      guard takeByte(byte) else { return false }
    }
    guard let invalid = UTF8Check.firstInvalid(rest.span) else { return true }
    // A character that the piece ends in is at most three bytes of one.
    for byte in rest.dropFirst(invalid) {
      guard takeByte(byte) else { return false }
    }
    return true
  }

  private mutating func takeByte(_ byte: UInt8) -> Bool {
    guard wanted == 0 else {
      guard allowed.contains(byte) else { return false }
      wanted -= 1
      allowed = 0x80...0xBF
      return true
    }
    switch byte {
    case ..<0x80: return true
    case 0xC2...0xDF: wanted = 1
    case 0xE0...0xEF: wanted = 2
    case 0xF0...0xF4: wanted = 3
    default: return false
    }
    switch byte {
    case 0xE0: allowed = 0xA0...0xBF
    case 0xED: allowed = 0x80...0x9F
    case 0xF0: allowed = 0x90...0xBF
    case 0xF4: allowed = 0x80...0x8F
    default: allowed = 0x80...0xBF
    }
    return true
  }
}
