// Where things lie in a channel directory.

/// The names of a channel's files and folders, each relative to the one it lies in.
package enum ChannelLayout {
  package static let information = ".channel_info"

  /// The folder that 1.0 peers never look into.
  package static let hidden = ".transom"

  package static func window(_ direction: Direction) -> String { direction.name + ".json" }

  package static func windowLock(_ direction: Direction) -> String { direction.name + ".lock" }

  /// Where a 1.0 peer makes its next window.
  package static func peerTemporary(_ direction: Direction) -> String { direction.name + ".tmp" }

  /// Names below `.transom`.
  package enum Hidden {
    package static let key = "key"
    package static let staging = "staging"

    package static func folder(_ direction: Direction) -> String { direction.name }
  }

  /// Names below the folder of a direction.
  package enum Inside {
    package static let journal = "journal"
    package static let projectLock = "project.lock"
    package static let projected = "projected"
    package static let importedIDs = "ids"
    package static let readers = "readers"
    package static let quarantine = "quarantine"
  }

  /// In the journal's folder, beside its segments.
  package static let journalLock = "lock"

  package static func segment(beginningAt first: SequenceNumber) -> String {
    let digits = String(first.rawValue)
    return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + ".seg"
  }

  /// The first seq that a segment's name tells, nil for any other file.
  package static func firstSequenceNumber(ofSegment name: String) -> SequenceNumber? {
    let bytes = Array(name.utf8)
    guard bytes.count == 24, bytes[20...].elementsEqual(".seg".utf8) else { return nil }
    var value: UInt64 = 0
    for byte in bytes[..<20] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let product = value.multipliedReportingOverflow(by: 10)
      let sum = product.partialValue.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !product.overflow, !sum.overflow else { return nil }
      value = sum.partialValue
    }
    let first = SequenceNumber(value)
    return first.numbersARecord ? first : nil
  }

  /// Where bytes go that were no valid messages, or that repair cut off.
  package static func quarantined(at time: WallTime, number: Int) -> String {
    "\(time.milliseconds)-\(number).json"
  }
}
