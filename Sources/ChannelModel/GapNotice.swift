// What a reader is told when messages are missing: nothing is lost in silence.

internal import ChannelMessages

/// Says which seqs a reader will not see, and why.
package struct GapNotice: Hashable, Sendable {
  package enum Reason: UInt8, CaseIterable, Hashable, Sendable {
    /// They were given before a power loss and will never come.
    case restart = 1
    /// A full window shared nothing with the one before; how many were lost is not known.
    case windowOverrun = 2
    /// They stood where the journal was damaged.
    case damage = 3
    /// The journal was replaced: a cursor of the old one starts at what is retained.
    case replaced = 4
    /// They were removed before the reader came to them.
    case dropped = 5
    /// No message ever had them: a segment was named by one and held nothing of its own. Nothing is lost.
    case unused = 6
  }

  package let reason: Reason
  /// The first and last seq that is missing; both `none` where that is not known.
  package let first: SequenceNumber
  package let last: SequenceNumber

  package init(_ reason: Reason, from first: SequenceNumber = .none, through last: SequenceNumber = .none) {
    self.reason = reason
    self.first = first
    self.last = last
  }

  static let byteCount = 17

  /// Whether it speaks of all that `other` misses.
  func covers(_ other: GapNotice) -> Bool {
    first != .none && first <= other.first && other.last <= last
  }

  /// Reads the bytes of a gap record; nil when they are none.
  init?(decoding bytes: [UInt8], at offset: Int, count: Int) {
    guard count == Self.byteCount, let reason = Reason(rawValue: bytes[offset]) else { return nil }
    self.reason = reason
    first = SequenceNumber(bytes.littleEndian(at: offset + 1))
    last = SequenceNumber(bytes.littleEndian(at: offset + 9))
    guard first <= last, last <= .highest else { return nil }
  }

  func encode() -> [UInt8] {
    var bytes = [reason.rawValue]
    bytes.append(littleEndian: first.rawValue)
    bytes.append(littleEndian: last.rawValue)
    return bytes
  }
}
