// Which channels of this process hold their files open.

internal import LinuxIO
internal import Synchronization

/// Keeps the folders of the channels used last, and lets go of the others, to be opened again when they are used: a
/// process may have thousands.
final class OpenFolders: Sendable {
  static let shared = OpenFolders()

  private struct Entry {
    weak var core: ChannelCore?
    /// Which use of all was its last.
    var lastUse: UInt64
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var uses: UInt64 = 0

    /// Those that were not used for longest.
    mutating func takeIdle(beyond limit: Int) -> [ChannelCore] {
      entries = entries.filter { $0.value.core != nil }
      let excess = max(0, entries.count - limit)
      let idle = entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(excess)
      for (key, _) in idle { entries[key] = nil }
      return idle.compactMap(\.value.core)
    }
  }

  private let state = Mutex(State())
  /// So many stay open: each holds some ten descriptors, and half of what a process may open is for others.
  private let limit: Int

  init(limit: Int = min(512, max(8, DescriptorLimit.current / 20))) {
    self.limit = limit
  }

  /// Takes note that a channel was opened, or is still in use.
  func use(_ core: ChannelCore) {
    let idle = state.withLock { state -> [ChannelCore] in
      state.uses += 1
      state.entries[ObjectIdentifier(core)] = Entry(core: core, lastUse: state.uses)
      return state.entries.count > limit ? state.takeIdle(beyond: limit) : []
    }
    // Outside the lock: letting go closes descriptors.
    for core in idle { core.letGo() }
  }
}
