// A message of a durable reader.

public import ChannelMessages
internal import ChannelModel

/// A message, and the means to say that it was dealt with.
public struct Delivery: Sendable {
  /// The message.
  public let message: Message
  /// What is missing before it; nil when nothing is.
  public let missing: Gap?
  /// Whether it was given to somebody before who may or may not have dealt with it.
  public let isRedelivered: Bool
  /// Its place among all that the other side sent, from 1 on.
  public let number: UInt64
  private let ticket: Delivered.Ticket
  private let subscription: Subscription

  init(_ delivered: Delivered, missing: Gap?, _ subscription: Subscription) {
    message = delivered.message
    self.missing = missing
    isRedelivered = delivered.isRedelivered
    number = delivered.number.rawValue
    ticket = delivered.ticket
    self.subscription = subscription
  }

  /// Says that the message was dealt with: it is not delivered under this name again.
  ///
  /// In any order. What is not acknowledged is delivered again after a restart. When it returns the reader's place is
  /// written, or will be within 10 ms or 100 messages: see ``CursorSaving``.
  ///
  /// - Throws: ``ChannelError`` when the reader's place cannot be written; it is tried again with the next.
  public func acknowledge() async throws {
    try await subscription.acknowledge(ticket)
  }

  /// Says that the message was dealt with, blocking the calling thread where a group's lock has to be waited for.
  ///
  /// - Throws: ``ChannelError``, as the other one.
  public func acknowledge() throws {
    try subscription.acknowledge(ticket)
  }
}
