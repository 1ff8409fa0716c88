// A channel while the daemon has it open.

internal import ChannelMessages
internal import ChannelModel
internal import Synchronization
internal import Transom

/// The sides that the daemon is in a channel, and what answers there.
///
/// What it does waits for the disk and for locks, so none of it is called on the loop.
final class OpenChannel: Sendable {
  private let path: String
  private let onTrouble: @Sendable (ChannelError) -> Void
  private let channels: Mutex<[Side: Channel]>
  /// What the requests of this channel are known by in the ledger, for good.
  let identity: String
  /// What answers, by the sides and the methods.
  private let responders = Mutex<[Side: [String: Responder]]>([:])

  /// Hears of a request, on the thread that noticed it.
  typealias Take = @Sendable (Message, RequestReply, Side, _ identity: String) -> Void

  private init(
    _ path: String,
    _ channels: [Side: Channel],
    _ identity: String,
    _ onTrouble: @escaping @Sendable (ChannelError) -> Void
  ) {
    self.path = path
    self.channels = Mutex(channels)
    self.identity = identity
    self.onTrouble = onTrouble
  }

  /// Opens a channel that is there, as these sides, and takes care of both its directions: what 1.0 programs wrote is
  /// taken in, and what is owed to them shown.
  static func open(
    at path: String,
    as sides: Set<Side>,
    onTrouble: @escaping @Sendable (ChannelError) -> Void
  ) throws -> OpenChannel {
    var sides = sides
    let first = sides.popFirst() ?? .backend
    let channel = try Self.channel(at: path, as: first, onTrouble)
    try channel.attend()
    let open = OpenChannel(path, [first: channel], try channel.identity(), onTrouble)
    try open.join(as: sides)
    return open
  }

  private static func channel(
    at path: String,
    as side: Side,
    _ onTrouble: @escaping @Sendable (ChannelError) -> Void
  ) throws -> Channel {
    var options = ChannelOptions()
    options.creation = .never
    return try Channel(at: path, as: side, options: options, onTrouble: onTrouble)
  }

  private var sides: [Side: Channel] { channels.withLock { $0 } }

  func has(_ sides: Set<Side>) -> Bool { sides.isSubset(of: self.sides.keys) }

  /// Opens it as these sides too; those that it is open as go on.
  func join(as sides: Set<Side>) throws {
    for side in sides where !has([side]) {
      // Troubles of one channel are told by its first side.
      let channel = try Self.channel(at: path, as: side) { _ in }
      channels.withLock { $0[side] = channel }
    }
  }

  /// Answers these methods from here on, and no others. What is answered before and after goes on without a gap.
  func answer(_ methods: [Side: Set<String>], lookback: Duration, _ take: @escaping Take) {
    var former = responders.withLock { $0 }
    var now: [Side: [String: Responder]] = [:]
    for (side, methods) in methods {
      var kept = former[side] ?? [:]
      let added = methods.filter { kept[$0] == nil }.sorted()
      for method in kept.keys where !methods.contains(method) { kept[method] = nil }
      if !added.isEmpty, let channel = sides[side] {
        let responders = channel.take(
          added,
          most: Self.mostRequests,
          mostBytes: Self.mostBytes,
          lookback: lookback
        ) { [identity] in take($0, $1, side, identity) }
        for responder in responders { kept[responder.pattern] = responder }
      }
      for method in kept.keys { former[side]?[method] = nil }
      now[side] = kept
    }
    responders.withLock { [now] in $0 = now }
    for responder in former.values.flatMap(\.values) { responder.stop() }
  }

  /// So many requests of one side are at the daemon at once; others wait in the journal.
  private static let mostRequests = 1_024
  private static let mostBytes = 8 << 20

  /// Takes no more requests; those that are at handlers are answered.
  func stopAnswering() {
    let all = responders.withLock { responders in
      defer { responders = [:] }
      return responders.values.flatMap(\.values)
    }
    for responder in all { responder.stop() }
  }

  /// The messages of a side, for a reader of this name.
  func events(
    as side: Side,
    by reader: String,
    onGap: @escaping @Sendable (Gap) -> Void
  ) async throws -> Deliveries {
    guard let channel = sides[side] else { preconditionFailure("the channel is open as each side that has handlers") }
    return try await Task.detached { try channel.messages(reader: reader, onGap: onGap) }.value
  }

  func close() async {
    for channel in sides.values { await channel.close() }
  }
}
