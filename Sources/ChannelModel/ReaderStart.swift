// Where a reader begins.

/// Decides behind which seq a reader begins, and what it has to be told first.
package struct ReaderStart: Hashable, Sendable {
  /// What somebody who reads asks for.
  package enum Wish: Hashable, Sendable {
    /// Only what comes from now on.
    case new
    /// All that is retained.
    case start
    /// On from the reader's own cursor; where there is none, all that is retained.
    case cursor(ReaderFile.Slot?)
  }

  /// What was acknowledged.
  package let cursor: Cursor
  package let gap: GapNotice?

  package init(_ wish: Wish, journal: UniqueID, last: SequenceNumber) {
    switch wish {
    case .new: cursor = Cursor(through: last)
    case .start, .cursor(nil): cursor = Cursor()
    case .cursor(let slot?): cursor = slot.journal == journal ? slot.cursor : Cursor()
    }
    if case .cursor(let slot?) = wish, slot.journal != journal {
      gap = GapNotice(.replaced)
    } else {
      gap = nil
    }
  }

  /// Seqs up to here are not delivered; `none` means all that is retained.
  package var after: SequenceNumber { cursor.through }
}
