// Which channels of this process hold their files open.

internal import LinuxIO
internal import Synchronization

/// Keeps the folders of the channels opened last, and lets go of the others, to be opened again when they are used: a
/// process may have thousands.
final class OpenFolders: Sendable {
  static let shared = OpenFolders()

  private struct Entry {
    weak var core: ChannelCore?
  }

  /// The one opened last stands at the end.
  private let entries = Mutex<[Entry]>([])
  /// So many stay open: each holds some ten descriptors, and half of what a process may open is for others.
  private let limit: Int

  init(limit: Int = min(512, max(8, DescriptorLimit.current / 20))) {
    self.limit = limit
  }

  /// Takes note that a channel was opened.
  func use(_ core: ChannelCore) {
    let idle = entries.withLock { entries -> [ChannelCore] in
      entries.removeAll { $0.core == nil || $0.core === core }
      entries.append(Entry(core: core))
      let excess = max(0, entries.count - limit)
      defer { entries.removeFirst(excess) }
      return entries.prefix(excess).compactMap(\.core)
    }
    // Outside the lock: letting go closes descriptors.
    for core in idle { core.letGo() }
  }
}
