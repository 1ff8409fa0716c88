// How far a journal was read, told by its files.

/// A place in a journal: a segment, by its first seq, and an offset in it.
///
/// Whether there is more is seen from the segments' names and the size of the newest, without reading anything.
package struct JournalPlace: Hashable, Comparable, Sendable {
  package let segment: SequenceNumber
  package let end: Int

  package init(segment: SequenceNumber, end: Int) {
    self.segment = segment
    self.end = end
  }

  /// Before everything.
  package static let nowhere = JournalPlace(segment: .none, end: 0)

  package static func < (left: JournalPlace, right: JournalPlace) -> Bool {
    (left.segment, left.end) < (right.segment, right.end)
  }
}
