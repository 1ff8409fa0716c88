// Readers of those who come by doors.

internal import ChannelMessages
internal import ChannelModel
internal import Transom

/// For whom a channel keeps what they have not taken over, and who was there when.
///
/// It belongs to its bridge's actor.
final class KeptReaders {
  /// For so many, since what is kept takes room until they come again.
  static let most = 256
  /// Whoever is turned away over and over is no reason to look each time.
  private static let shortestPause = Duration.seconds(10)

  private var names: Set<String> = []
  /// When those were left who were here.
  private var left: [String: Moment] = [:]
  private var looked: Moment?

  func contains(_ name: String) -> Bool { names.contains(name) }

  var isFull: Bool { names.count >= Self.most }

  func insert(_ name: String) { names.insert(name) }

  func noteLeft(_ name: String, at now: Moment) {
    guard names.contains(name) else { return }
    left[name] = now
  }

  /// Whether it is worth looking who is still kept for, where there is no room for more.
  func mayLook(at now: Moment) -> Bool { looked.map { now.duration(since: $0) >= Self.shortestPause } ?? true }

  /// What a look found.
  func set(_ found: some Sequence<String>, at now: Moment) {
    names = Set(found)
    left = left.filter { names.contains($0.key) }
    looked = now
  }

  /// Whether nobody has come by it for so long, neither here nor as its file says.
  func isForgotten(
    _ reader: ReaderRegistry.Listed,
    after time: Duration,
    at now: Moment,
    _ wallNow: WallTime
  ) -> Bool {
    guard !reader.isHeld, let lastUsed = reader.lastUsed, lastUsed <= wallNow else { return false }
    if let left = left[reader.name], now.duration(since: left) < time { return false }
    return wallNow.isApart(from: lastUsed, milliseconds: UInt64(max(0, time.wholeNanoseconds)) / 1_000_000)
  }
}
