// What is about to be appended.

internal import ChannelMessages

/// A record before it has its seq.
package struct JournalDraft: Hashable, Sendable {
  package let kind: JournalRecord.Kind
  package let content: [UInt8]
  /// Whether its id is written when its seq is known.
  package let awaitsID: Bool

  private init(kind: JournalRecord.Kind, content: [UInt8], awaitsID: Bool = false) {
    self.kind = kind
    self.content = content
    self.awaitsID = awaitsID
  }

  /// A message: ours, foreign or recovered.
  package static func message(_ bytes: [UInt8], kind: JournalRecord.Kind = .message) -> JournalDraft {
    precondition(kind.carriesMessage && !bytes.isEmpty, "a message record carries a message")
    return JournalDraft(kind: kind, content: bytes)
  }

  /// A message of ours that begins `{"id":"`, then has room for the 36 characters of the id that its seq gives it.
  package static func own(_ bytes: [UInt8]) -> JournalDraft {
    precondition(
      bytes.count > OwnIDs.offset + OwnIDs.byteCount && bytes[OwnIDs.offset - 1] == UInt8(ascii: "\"")
        && bytes[OwnIDs.offset + OwnIDs.byteCount] == UInt8(ascii: "\""),
      "a message of ours begins with the room for its id"
    )
    return JournalDraft(kind: .message, content: bytes, awaitsID: true)
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
    ids: OwnIDs? = nil,
    to bytes: inout [UInt8]
  ) {
    precondition(byteCount <= JournalRecord.highestByteCount, "a message is at most 64 MiB")
    let start = bytes.count
    bytes += Self.blankHead
    bytes += content
    bytes.put(UInt32(truncatingIfNeeded: byteCount), at: start)
    bytes.put(number.rawValue, at: start + 8)
    bytes.put(time.nanoseconds, at: start + 16)
    bytes[start + 24] = kind.rawValue
    bytes[start + 25] = flags.rawValue
    if awaitsID {
      guard let ids else { preconditionFailure("a message of ours gets its id from the channel's key") }
      ids.write(number, into: &bytes, at: start + JournalRecord.headByteCount + OwnIDs.offset)
    }
    let length = Checksum.crc32c(bytes, in: start..<start + 4, from: seed)
    bytes.put(Checksum.crc32c(bytes, in: start + 8..<bytes.count, from: length), at: start + 4)
  }

  private static let blankHead = [UInt8](repeating: 0, count: JournalRecord.headByteCount)
}
