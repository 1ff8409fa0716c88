// What is about to be appended.

internal import ChannelMessages

/// A record before it has its seq.
package struct JournalDraft: Hashable, Sendable {
  package let kind: JournalRecord.Kind
  package let content: [UInt8]
  /// Whether its id is written when its seq is known.
  package let awaitsID: Bool
  /// The time that is written with the id, of as many digits as there is room for; nil when the text has its time.
  private let milliseconds: UInt64?

  private init(kind: JournalRecord.Kind, content: [UInt8], awaitsID: Bool = false, milliseconds: UInt64? = nil) {
    self.kind = kind
    self.content = content
    self.awaitsID = awaitsID
    self.milliseconds = milliseconds
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

  /// The same with room for the time as well, behind the id and `","timestamp":`: one text serves several drafts, none
  /// of which copies it.
  package static func own(_ bytes: [UInt8], at milliseconds: UInt64) -> JournalDraft {
    precondition(
      bytes.count > OwnIDs.timePlace.upperBound && OwnIDs.writableTimes.contains(milliseconds),
      "a message of ours has room for its time"
    )
    let draft = own(bytes)
    return JournalDraft(kind: draft.kind, content: bytes, awaitsID: true, milliseconds: milliseconds)
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
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: byteCount))
    // Safe: the range was just made.
    unsafe bytes.withUnsafeMutableBytes { bytes in
      let place = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
      unsafe write(as: number, at: time, flags: flags, seed: seed, ids: ids, to: place)
    }
  }

  /// Writes the finished record over memory of its length.
  func write(
    as number: SequenceNumber,
    at time: WallTime,
    flags: JournalRecord.Flags,
    seed: UInt32,
    ids: OwnIDs?,
    to bytes: UnsafeMutableRawBufferPointer
  ) {
    let head = JournalRecord.headByteCount
    precondition(byteCount <= JournalRecord.highestByteCount, "a message is at most 64 MiB")
    precondition(bytes.count == byteCount, "a record is as long as it says")
    // Safe: all of it lies within what was just measured.
    unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: byteCount).littleEndian, toByteOffset: 0, as: UInt32.self)
    unsafe bytes.storeBytes(of: number.rawValue.littleEndian, toByteOffset: 8, as: UInt64.self)
    unsafe bytes.storeBytes(of: time.nanoseconds.littleEndian, toByteOffset: 16, as: UInt64.self)
    unsafe bytes[24] = kind.rawValue
    unsafe bytes[25] = flags.rawValue
    unsafe content.withUnsafeBytes { content in
      unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[head...]).copyMemory(from: content)
    }
    unsafe writeOwn(number, ids, over: UnsafeMutableRawBufferPointer(rebasing: bytes[head...]))
    let length = unsafe Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes[..<4]), from: seed)
    let checksum = unsafe Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes[8...]), from: length)
    unsafe bytes.storeBytes(of: checksum.littleEndian, toByteOffset: 4, as: UInt32.self)
  }

  /// The content as it stands in the journal under that seq.
  package func content(as number: SequenceNumber, ids: OwnIDs) -> [UInt8] {
    var finished = content
    if awaitsID { unsafe finished.withUnsafeMutableBytes { unsafe writeOwn(number, ids, over: $0) } }
    return finished
  }

  /// Writes what a message of ours gets with its seq over the room for it.
  private func writeOwn(_ number: SequenceNumber, _ ids: OwnIDs?, over content: UnsafeMutableRawBufferPointer) {
    guard awaitsID else { return }
    guard let ids else { preconditionFailure("a message of ours gets its id from the channel's key") }
    // Safe: that there is room was seen when the draft was made.
    let place = unsafe UnsafeMutableRawBufferPointer(rebasing: content[OwnIDs.offset...])
    unsafe ids.key.writeID(of: number, in: ids.direction, to: place)
    guard let milliseconds else { return }
    unsafe OwnIDs.write(
      milliseconds,
      to: UnsafeMutableRawBufferPointer(rebasing: content[OwnIDs.timePlace.lowerBound...])
    )
  }
}
