// A bounded memory of hashes.

/// Remembers the newest hashes, so many at least and twice as many at most: the older half is let go of at once.
package struct RecentHashes: Sendable {
  /// So many are remembered at least.
  package private(set) var room: Int
  private var newer: Set<UInt64> = []
  private var older: Set<UInt64> = []

  package init(room: Int = ImportedIDs.leastHashCount) {
    self.room = max(1, room)
  }

  package var isEmpty: Bool { newer.isEmpty && older.isEmpty }

  package func contains(_ hash: UInt64) -> Bool { newer.contains(hash) || older.contains(hash) }

  /// Remembers one; one that was remembered already is as new as the others then.
  package mutating func insert(_ hash: UInt64) {
    guard !newer.contains(hash) else { return }
    if newer.count >= room {
      older = newer
      newer = []
    }
    newer.insert(hash)
  }

  /// Sees to it that all of a window of so many elements can be remembered, and as many again.
  package mutating func makeRoom(forWindowOf count: Int) {
    room = max(room, 2 * count)
  }
}
