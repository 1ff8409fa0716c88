// What a sender gets for a message.

internal import ChannelModel

/// Shows that a message was accepted: it is in the journal, and every reader gets it.
public struct Receipt: Sendable, Hashable {
  let identifier: UniqueID
  /// Its place among all that this side sent, from 1 on.
  public let number: UInt64

  init(_ number: SequenceNumber, identifier: UniqueID) {
    self.identifier = identifier
    self.number = number.rawValue
  }

  /// The message's id: what an answer carries in its `replyTo`.
  public var id: String { identifier.description }
}
