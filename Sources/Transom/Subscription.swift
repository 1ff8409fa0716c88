// What `Messages` and `Deliveries` are made of.

internal import ChannelModel

/// A reading that ends with whoever holds it, or with the channel.
final class Subscription: Sendable {
  typealias Item = Reading.Item

  /// The channel lives as long as somebody reads from it.
  private let channel: Channel
  private let reading: Reading
  /// The channel's, at hand: each message asks for it.
  private let watcher: Watcher

  /// Opens the reader at once, because that is where the stream begins; what goes wrong is thrown by the first look.
  init(_ channel: Channel, opening open: @escaping Reading.Opening) {
    self.channel = channel
    watcher = channel.core.watcher
    reading = Reading(channel, opening: open)
    channel.add(reading)
  }

  deinit {
    // It ends somewhere, perhaps on a thread of the task pool: what takes longer is left to who finds it gone.
    channel.end(reading, waiting: .milliseconds(10))
  }

  /// Throws what went wrong at the opening.
  func check() throws(ChannelError) { try reading.check() }

  /// What comes next; nil when the channel or the stream was closed.
  func next() async throws -> Item? { try await reading.next() }

  /// What comes next; nil when the time was up, or the channel or the stream was closed.
  func next(within limit: inout WaitLimit) throws(ChannelError) -> Item? { try reading.next(within: &limit) }

  func trapOnWatcherThread(_ call: StaticString) {
    if watcher.isDrivingThread { channel.trapOnWatcherThread(call) }
  }

  func acknowledge(_ ticket: Delivered.Ticket, epoch: UInt64) async throws {
    try await reading.acknowledge(ticket, epoch: epoch)
  }

  func acknowledge(_ ticket: Delivered.Ticket, epoch: UInt64) throws(ChannelError) {
    if watcher.isDrivingThread, reading.acknowledgingMayWait { trapOnWatcherThread("acknowledge") }
    try reading.acknowledge(ticket, epoch: epoch)
  }

  /// Ends the stream; its place is written. It may wait for a moment, for a group's lock.
  func close() {
    channel.end(reading)
  }
}
