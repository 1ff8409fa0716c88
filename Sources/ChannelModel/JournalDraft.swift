// What is about to be appended.

internal import ChannelMessages

/// A record before it has its seq.
package struct JournalDraft: Hashable, Sendable {
  package let kind: JournalRecord.Kind
  package let content: [UInt8]

  private init(kind: JournalRecord.Kind, content: [UInt8]) {
    self.kind = kind
    self.content = content
  }

  /// A message: ours, foreign or recovered.
  package static func message(_ bytes: [UInt8], kind: JournalRecord.Kind = .message) -> JournalDraft {
    precondition(kind.carriesMessage && !bytes.isEmpty, "a message record carries a message")
    return JournalDraft(kind: kind, content: bytes)
  }

  package static func gap(_ notice: GapNotice) -> JournalDraft {
    JournalDraft(kind: .gap, content: notice.encode())
  }

  package static func cleared(floor: SequenceNumber) -> JournalDraft {
    var content: [UInt8] = []
    content.append(littleEndian: floor.rawValue)
    return JournalDraft(kind: .cleared, content: content)
  }

  static let seal = JournalDraft(kind: .seal, content: [])

  package var byteCount: Int { JournalRecord.headByteCount + content.count }

  /// Appends the finished record to `bytes`.
  package func encode(
    as number: SequenceNumber,
    at time: WallTime,
    flags: JournalRecord.Flags,
    seed: UInt32,
    to bytes: inout [UInt8]
  ) {
    precondition(byteCount <= JournalRecord.highestByteCount, "a message is at most 64 MiB")
    let start = bytes.count
    bytes.append(littleEndian: UInt32(byteCount))
    bytes.append(littleEndian: UInt32(0))
    bytes.append(littleEndian: number.rawValue)
    bytes.append(littleEndian: time.nanoseconds)
    bytes.append(kind.rawValue)
    bytes.append(flags.rawValue)
    bytes += content
    let length = Checksum.crc32c(bytes, in: start..<start + 4, from: seed)
    bytes.put(Checksum.crc32c(bytes, in: start + 8..<bytes.count, from: length), at: start + 4)
  }
}
