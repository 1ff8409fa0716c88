// What a reader is given.

package import ChannelMessages
package import ChannelModel

/// A message on its way to a program, with what it takes to acknowledge it.
///
/// A class: it goes through several hands, and a copy of all its parts in each would cost more than reading it did.
package final class Delivered: Sendable {
  /// Names a delivery to the reader that made it. A journal that was replaced numbers anew: an acknowledgement of a
  /// message of the old one says nothing in the new one.
  package struct Ticket: Hashable, Sendable {
    package let number: SequenceNumber
    let epoch: UInt32
  }

  package let message: Message
  package let kind: JournalRecord.Kind
  /// When it was appended.
  package let time: WallTime
  package let ticket: Ticket
  /// What is missing before it, oldest first.
  package let gaps: [GapNotice]
  /// Whether it may have been given to somebody under this name before.
  package let isRedelivered: Bool
  /// The journal that its number is of, for readers that are told the same twice.
  package let journal: UniqueID?

  package var number: SequenceNumber { ticket.number }

  package init(
    message: consuming Message,
    kind: JournalRecord.Kind,
    time: WallTime,
    ticket: Ticket,
    gaps: [GapNotice],
    isRedelivered: Bool,
    journal: UniqueID? = nil
  ) {
    self.message = message
    self.kind = kind
    self.time = time
    self.ticket = ticket
    self.gaps = gaps
    self.isRedelivered = isRedelivered
    self.journal = journal
  }
}
