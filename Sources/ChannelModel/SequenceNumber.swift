// What numbers the records of a journal.

/// The place of a record in its journal, from 1 to 2⁴⁸ − 1; `none` stands before the first.
///
/// 48 bits are what an id of ours has room for: at a million messages a second they last nine years.
package struct SequenceNumber: RawRepresentable, Hashable, Comparable, Sendable {
  package let rawValue: UInt64

  package init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  package init(_ value: UInt64) {
    rawValue = value
  }

  package static let none = SequenceNumber(0)
  package static let highest = SequenceNumber(1 << 48 - 1)

  /// Whether a record may carry it.
  package var numbersARecord: Bool { self > .none && self <= .highest }

  package var next: SequenceNumber { SequenceNumber(rawValue + 1) }

  package var previous: SequenceNumber { SequenceNumber(rawValue == 0 ? 0 : rawValue - 1) }

  /// The one `count` places on. Traps beyond what 64 bits hold, which no valid number comes near.
  package func advanced(by count: Int) -> SequenceNumber {
    SequenceNumber(rawValue + UInt64(count))
  }

  /// How many places it stands behind `earlier`; 0 when it does not stand behind it.
  package func distance(from earlier: SequenceNumber) -> UInt64 {
    rawValue > earlier.rawValue ? rawValue - earlier.rawValue : 0
  }

  package static func < (left: SequenceNumber, right: SequenceNumber) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension SequenceNumber: CustomStringConvertible {
  package var description: String { String(rawValue) }
}
