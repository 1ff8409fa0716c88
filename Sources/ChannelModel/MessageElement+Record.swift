// How long a message of a window may be.

package import ChannelMessages

extension MessageElement {
  /// Whether a record of the journal has room for it; a window may hold somewhat more.
  package var isWithinRecord: Bool {
    range.count <= JournalRecord.highestByteCount - JournalRecord.headByteCount
  }
}
