// What a sender gets for a message.

internal import ChannelModel

/// Shows that a message was accepted: it is in the journal, and every reader gets it.
public struct Receipt: Sendable, Hashable {
  /// Its id follows from this and the number; nobody pays for it who does not ask.
  private let ids: OwnIDs
  /// Its place among all that this side sent, from 1 on.
  public let number: UInt64

  init(_ number: SequenceNumber, ids: OwnIDs) {
    self.ids = ids
    self.number = number.rawValue
  }

  var identifier: UniqueID { ids.id(of: SequenceNumber(number)) }

  /// The message's id: what an answer carries in its `replyTo`.
  public var id: String { identifier.description }
}
