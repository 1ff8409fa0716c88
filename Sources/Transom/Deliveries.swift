// What the other side sends, for a reader that goes on where it was.

internal import ChannelMessages
internal import ChannelModel
internal import Synchronization

/// The messages for a durable reader or a group.
///
/// ```swift
/// for try await delivery in try channel.messages(reader: "worker") {
///   try work(on: delivery.message)
///   try await delivery.acknowledge()
/// }
/// ```
///
/// At most 4,096 messages behind the oldest one that is not acknowledged are delivered; then the next waits for it.
public final class Deliveries: AsyncSequence, AsyncIteratorProtocol, Sendable {
  /// What each step of a loop gets.
  public typealias Element = Delivery

  private let subscription: Subscription
  private let onGap: (@Sendable (Gap) -> Void)?
  /// What is to be told with the next delivery.
  private let missing = Mutex<[Gap]>([])

  init(_ subscription: Subscription, onGap: (@Sendable (Gap) -> Void)?) {
    self.subscription = subscription
    self.onGap = onGap
  }

  /// The sequence is its own iterator.
  public func makeAsyncIterator() -> Deliveries { self }

  /// Waits for the next message.
  ///
  /// - Returns: The delivery; nil once the channel was closed.
  /// - Throws: ``ChannelError``.
  public func next() async throws -> Delivery? {
    while let item = try await subscription.next() {
      if let delivery = take(item) { return delivery }
    }
    return nil
  }

  /// Waits for the next message, blocking the calling thread.
  ///
  /// - Parameter limit: How long to wait at most; nil is for ever.
  /// - Returns: The delivery; nil when the time was up or the channel was closed.
  /// - Throws: ``ChannelError``.
  public func next(within limit: Duration? = nil) throws -> Delivery? {
    subscription.trapOnWatcherThread("deliveries.next")
    var limit = WaitLimit(limit)
    while let item = try subscription.next(within: &limit) {
      if let delivery = take(item) { return delivery }
    }
    return nil
  }

  /// Ends it and writes the reader's place; the name is free for another program.
  ///
  /// For a group it blocks the calling thread while other members keep the group's lock, for a second at most; then what
  /// was not written is delivered again.
  public func close() {
    subscription.close()
  }

  private func take(_ item: Subscription.Item) -> Delivery? {
    switch item {
    case .message(let delivered, let epoch):
      return Delivery(delivered, epoch: epoch, missing: takeMissing(), subscription)
    case .gap(let gap):
      // Told at once, since no message may come for long, and with the next one.
      onGap?(gap)
      missing.withLock { $0.append(gap) }
      return nil
    }
  }

  private func takeMissing() -> [Gap] {
    missing.withLock { missing in
      defer { missing = [] }
      return missing
    }
  }
}
