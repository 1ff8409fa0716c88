// Readers of those who come by doors.

internal import ChannelModel

/// For whom a channel keeps what they have not taken over, as far as a bridge knows.
///
/// It belongs to its bridge's actor.
final class KeptReaders {
  /// For so many, since what is kept takes room until they come again.
  static let most = 256
  /// Whoever is turned away over and over is no reason to look each time.
  private static let shortestPause = Duration.seconds(10)

  private var names: Set<String> = []
  private var looked: Moment?

  func contains(_ name: String) -> Bool { names.contains(name) }

  var isFull: Bool { names.count >= Self.most }

  func insert(_ name: String) { names.insert(name) }

  /// Whether it is worth looking who is still kept for, where there is no room for more; then that is done.
  func mayLook(at now: Moment) -> Bool {
    if let looked, now.duration(since: looked) < Self.shortestPause { return false }
    looked = now
    return true
  }

  /// Of those known before, what a look found.
  func set(_ found: some Sequence<String>, insteadOf before: Set<String>) {
    names = names.subtracting(before).union(found)
  }

  /// All that are known.
  var all: Set<String> { names }
}
