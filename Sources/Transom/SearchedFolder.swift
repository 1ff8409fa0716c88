// A directory that is watched for channels to appear in.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// One directory of those that a finder looks at, as the watcher knows it.
final class SearchedFolder: WatchedChannel {
  let path: String
  /// How far below its root it lies.
  let depth: Int
  private let look: @Sendable (SearchedFolder) -> Void
  private let registered = Mutex<ChannelNumber?>(nil)
  private let open = Mutex<Directory?>(nil)
  private let sweeps = Mutex(0)

  init(_ path: String, depth: Int, look: @escaping @Sendable (SearchedFolder) -> Void) {
    self.path = path
    self.depth = depth
    self.look = look
  }

  /// Under which the watcher knows it; nil while it is not watched.
  var number: ChannelNumber? {
    get { registered.withLock { $0 } }
    set { registered.withLock { $0 = newValue } }
  }

  /// The directory itself, where it has to stay open.
  var held: Directory? {
    get { open.withLock { $0 } }
    set { open.withLock { $0 = newValue } }
  }

  func noticed(_ change: WatchChange) {
    switch change {
    case .sweep where !isSweepDue(): break
    case .entries, .directory, .everything, .sweep: look(self)
    case .journal, .segments, .perhaps, .window, .windowOpened: break
    }
  }

  /// Of so many sweeps one looks: to list ten thousand names takes milliseconds, and the kernel tells of new ones.
  private static let sweepsPerLook = 10

  private func isSweepDue() -> Bool {
    sweeps.withLock { sweeps in
      sweeps = (sweeps + 1) % Self.sweepsPerLook
      return sweeps == 0
    }
  }
}
