// What the other side sends, as it comes.

public import ChannelMessages
internal import ChannelModel

/// The messages of the other side from one moment on, in the order in which they were sent.
///
/// ```swift
/// for try await message in channel.messages {
///   print(message.method ?? "", message.payload)
/// }
/// ```
///
/// It is for one consumer: two loops over one `Messages` share its messages between them. It keeps no place: a program
/// that starts again begins anew; see ``Deliveries`` for one that goes on.
public final class Messages: AsyncSequence, AsyncIteratorProtocol, Sendable {
  /// What each step of a loop gets.
  public typealias Element = Message

  private let subscription: Subscription
  private let onGap: (@Sendable (Gap) -> Void)?
  private let path: String

  init(_ subscription: Subscription, path: String, onGap: (@Sendable (Gap) -> Void)?) {
    self.subscription = subscription
    self.path = path
    self.onGap = onGap
  }

  /// The sequence is its own iterator.
  public func makeAsyncIterator() -> Messages { self }

  /// Waits for the next message.
  ///
  /// - Returns: The message; nil once the channel was closed.
  /// - Throws: ``ChannelError``: with ``ChannelError/Code/missingMessages`` before a message that comes after some that
  ///   are missing, unless gaps are reported otherwise; the next call goes on behind them.
  public func next() async throws -> Message? {
    while let item = try await subscription.next() {
      if let message = try take(item) { return message }
    }
    return nil
  }

  /// Waits for the next message, blocking the calling thread.
  ///
  /// - Parameter limit: How long to wait at most; nil is for ever.
  /// - Returns: The message; nil when the time was up or the channel was closed.
  /// - Throws: ``ChannelError``, as the other one.
  public func next(within limit: Duration? = nil) throws -> Message? {
    subscription.trapOnWatcherThread("messages.next")
    var limit = WaitLimit(limit)
    while let item = try subscription.next(within: &limit) {
      if let message = try take(item) { return message }
    }
    return nil
  }

  /// Ends it: whoever waits for the next message gets nil.
  public func close() {
    subscription.close()
  }

  private func take(_ item: Subscription.Item) throws(ChannelError) -> Message? {
    switch item {
    case .message(let delivered, _): return delivered.message
    case .gap(let gap):
      guard let onGap else { throw ChannelError(.missingMessages, at: path, "\(gap)") }
      onGap(gap)
      return nil
    }
  }
}
