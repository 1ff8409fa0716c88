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

  /// Seqs up to here are not delivered; `none` means all that is retained.
  package let after: SequenceNumber
  /// What was acknowledged beyond it.
  package let cursor: Cursor
  package let gap: GapNotice?

  package init(_ wish: Wish, journal: UniqueID, last: SequenceNumber) {
    switch wish {
    case .new: self.init(after: last)
    case .start, .cursor(nil): self.init(after: .none)
    case .cursor(let slot?) where slot.journal == journal:
      after = slot.cursor.through
      cursor = slot.cursor
      gap = nil
    case .cursor: self.init(after: .none, gap: GapNotice(.replaced))
    }
  }

  private init(after: SequenceNumber, gap: GapNotice? = nil) {
    self.after = after
    cursor = Cursor(through: after)
    self.gap = gap
  }
}
