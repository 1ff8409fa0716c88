// A memory of identifiers that forgets the oldest.

internal import ChannelModel

/// Remembers so many identifiers at least, and twice as many at most.
struct RecentIDs {
  private var newer: Set<UniqueID> = []
  private var older: Set<UniqueID> = []
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  mutating func insert(_ id: UniqueID) {
    newer.insert(id)
    guard newer.count >= limit else { return }
    older = newer
    newer = []
  }

  func contains(_ id: UniqueID) -> Bool { newer.contains(id) || older.contains(id) }
}
