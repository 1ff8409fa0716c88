// A message of a durable reader.

public import ChannelMessages
package import ChannelModel

/// A message, and the means to say that it was dealt with.
public struct Delivery: Sendable {
  /// The message.
  public var message: Message { delivered.message }
  /// What is missing before it, oldest first; mostly nothing is.
  public let missing: [Gap]
  /// Whether it was given to somebody before who may or may not have dealt with it.
  public var isRedelivered: Bool { delivered.isRedelivered }
  /// Its place among all that the other side sent, from 1 on.
  public var number: UInt64 { delivered.number.rawValue }
  /// The journal that the number is of.
  package var journal: UniqueID? { delivered.journal }
  private let delivered: Delivered
  private let epoch: UInt64
  private let subscription: Subscription

  init(_ delivered: Delivered, epoch: UInt64, missing: [Gap], _ subscription: Subscription) {
    self.delivered = delivered
    self.epoch = epoch
    self.missing = missing
    self.subscription = subscription
  }

  /// Says that the message was dealt with: it is not delivered under this name again.
  ///
  /// In any order. What is not acknowledged is delivered again after a restart. When it returns the reader's place is
  /// written, or will be within 10 ms or 100 messages: see ``CursorSaving``.
  ///
  /// - Throws: ``ChannelError`` when the reader's place cannot be written; it is tried again with the next.
  public func acknowledge() async throws {
    try await subscription.acknowledge(delivered.ticket, epoch: epoch)
  }

  /// Says that the message was dealt with, blocking the calling thread where a group's lock has to be waited for.
  ///
  /// - Throws: ``ChannelError``, as the other one.
  public func acknowledge() throws {
    try subscription.acknowledge(delivered.ticket, epoch: epoch)
  }
}
