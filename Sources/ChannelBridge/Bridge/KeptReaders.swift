// Readers of those who come by doors.

internal import ChannelModel

/// For whom a channel keeps what they have not taken over, as far as a bridge knows.
///
/// It belongs to its bridge's actor.
final class KeptReaders {
  /// For so many, since what is kept takes room until they come again; and for so many of one visitor, so that he leaves
  /// room for others.
  static let most = 1_024
  static let mostOfOne = 256
  /// Whoever is turned away over and over is no reason to look each time.
  private static let shortestPause = Duration.seconds(10)

  private var names: Set<String> = []
  private var looked: Moment?

  func contains(_ name: String) -> Bool { names.contains(name) }

  /// For how many something is kept already where there is no room for one more; nil where there is.
  func obstacle(to name: String) -> Int? {
    if names.count >= Self.most { return Self.most }
    let owner = Self.owner(of: name)
    return names.count { Self.owner(of: $0) == owner } >= Self.mostOfOne ? Self.mostOfOne : nil
  }

  private static func owner(of name: String) -> String {
    AccessIdentity.owner(ofReader: name.dropFirst(DoorTarget.readerPrefix.count))
  }

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
