// What `Messages` and `Deliveries` are made of.

internal import ChannelModel
internal import Synchronization

/// Reads messages one after the other for one consumer, which asks for each.
///
/// Nothing is read ahead of the consumer but the block that its reader holds: who reads slowly costs no memory, and
/// holds segments instead.
final class Subscription: Sendable {
  private let core: ChannelCore
  private let notices: Notices
  /// Made when the channel was asked for the stream; what went wrong with it is thrown by the first look.
  private let reader: Result<any MessageReader, ChannelError>
  /// What of the messages the consumer wants to see.
  private let includes: @Sendable (Message) -> Bool
  private let isClosed = Atomic(false)
  /// The channel lives as long as somebody reads from it.
  private let channel: Channel

  init(
    _ channel: Channel,
    _ reader: Result<any MessageReader, ChannelError>,
    including includes: @escaping @Sendable (Message) -> Bool
  ) {
    self.channel = channel
    core = channel.core
    notices = core.notices(of: channel.incoming)
    self.reader = reader
    self.includes = includes
    channel.add(self)
  }

  deinit {
    close()
  }

  /// The next message, nil when there is none now; never waits.
  private func look() throws(ChannelError) -> Delivered? {
    let reader = try reader.get()
    while let delivered = try reader.tryNext() {
      guard case .message(let message, let number, _, _) = delivered, !includes(message) else { return delivered }
      try reader.acknowledge(number)
    }
    return nil
  }

  /// The next message; nil when the channel or the stream was closed.
  func next() async throws -> Delivered? {
    while !isClosed.load(ordering: .acquiring) {
      let seen = notices.count
      if let delivered = try look() { return delivered }
      try Task.checkCancellation()
      await notices.wait(beyond: seen)
    }
    return nil
  }

  /// The next message; nil when the time was up, or the channel or the stream was closed.
  func next(within limit: Duration?) throws(ChannelError) -> Delivered? {
    let deadline = limit.map { core.watcher.now.advanced(by: $0) }
    while !isClosed.load(ordering: .acquiring) {
      let seen = notices.count
      if let delivered = try look() { return delivered }
      guard notices.wait(beyond: seen, until: deadline) else { return nil }
    }
    return nil
  }

  func acknowledge(_ number: SequenceNumber) throws(ChannelError) {
    try reader.get().acknowledge(number)
  }

  func trapOnWatcherThread(_ call: StaticString) { channel.trapOnWatcherThread(call) }

  /// Ends the stream; its place is written.
  func close() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    if case .success(let reader) = reader { reader.close() }
    notices.notify()
  }
}
