// Channels that come and go below a directory.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Finds every channel below some roots, as they appear, move and go.
///
/// A directory with a file `.channel_info` is a channel. The kernel tells of each other directory's entries; first it is
/// watched, then it is listed, so nothing falls in between, and the watcher's slow sweep looks at all of them again. No
/// symbolic link is followed; hidden folders of channels, and what is still being made, are passed over. Channels
/// themselves are not watched here: their locks and temporary files would wake us. Whoever attends to one says when it
/// is to be looked at again.
package final class ChannelFinder: Sendable {
  package enum News: Hashable, Sendable {
    case appeared(path: String)
    case gone(path: String)
    /// What keeps a directory from being looked at; told once, until it is well again.
    case trouble(ChannelError)
    case mended(path: String)
  }

  private struct State {
    var tree = FolderTree()
    var watched: [String: SearchedFolder] = [:]
    var troubled: Set<String> = []
    var roots: Set<String> = []
  }

  /// A tree that goes deeper, or has more directories, is not walked to its end.
  private static let greatestDepth = 64
  private static let mostFolders = 100_000
  /// How often a root is looked for that is not there.
  private static let searchPause = Duration.milliseconds(500)
  /// How often another directory is looked at that could not be.
  private static let troublePause = Duration.seconds(2)

  private let watcher: Watcher
  private let told: @Sendable (News) -> Void
  private let state = Mutex(State())
  /// Held while directories are looked at: whoever comes second finds what the first has done.
  private let looking = Mutex(())

  /// A finder without roots. It tells on the thread that drives the watcher, and from within `add` and `remove`.
  package init(by watcher: Watcher, told: @escaping @Sendable (News) -> Void) {
    self.watcher = watcher
    self.told = told
  }

  /// The channels that are there.
  package var channels: Set<String> { state.withLock { $0.tree.channels } }

  /// Looks for channels below a root from now on; those that are there are told before this returns.
  package func add(root: String) {
    guard state.withLock({ $0.roots.insert(root).inserted }) else { return }
    look(at: root, depth: 0)
  }

  /// Looks for none below that root any more; those that were found are told as gone.
  package func remove(root: String) {
    guard state.withLock({ $0.roots.remove(root) }) != nil else { return }
    tell(looking.withLock { _ in forget(root) })
  }

  /// Looks at a channel again that may be gone.
  package func lookAgain(at channel: String) {
    let depth = state.withLock { state in
      state.tree.isChannel(channel) ? state.roots.compactMap { Self.depth(of: channel, below: $0) }.min() : nil
    }
    if let depth { look(at: channel, depth: depth) }
  }

  /// How far a path lies below a root; nil when it does not.
  private static func depth(of path: String, below root: String) -> Int? {
    if path == root { return 0 }
    guard path.hasPrefix(root == "/" ? root : root + "/") else { return nil }
    return path.dropFirst(root.count).count { $0 == "/" }
  }

  // MARK: Looking

  private func look(at path: String, depth: Int) {
    let news = looking.withLock { _ in
      var news: [News] = []
      var open = [(path, depth)]
      while let (path, depth) = open.popLast() { news += lookOnce(at: path, depth, &open) }
      return news
    }
    tell(news)
  }

  private func lookOnce(at path: String, _ depth: Int, _ open: inout [(String, Int)]) -> [News] {
    do throws(ChannelError) {
      guard let directory = try Self.open(path) else { return lose(path, depth) }
      let stamp = directory.factsAtOpening.stamp
      let identity = FolderTree.Identity(device: stamp.device, inode: stamp.inode)
      var news = state.withLock({ $0.tree.identity(of: path) }).map { $0 == identity ? [] : forget(path) } ?? []
      let listing: FolderTree.Listing
      if try Self.isChannel(directory) {
        // What is in it is looked at once, when it is found.
        let known = state.withLock { $0.tree.isChannel(path) ? $0.tree.children(of: path) : nil }
        let children = if let known { known } else { try Self.children(of: directory, knowing: []) }
        listing = FolderTree.Listing(isChannel: true, children: children)
        unwatch(path)
      } else {
        try watch(path, depth, directory)
        let known = state.withLock { $0.tree.children(of: path) }
        // Asked again: it may have become one before the watch was there.
        listing = FolderTree.Listing(
          isChannel: try Self.isChannel(directory),
          children: try Self.children(of: directory, knowing: known)
        )
        if listing.isChannel { unwatch(path) }
      }
      let change = state.withLock { $0.tree.update(path, identity, listing) }
      news += release(change)
      if let isChannel = change.isNowChannel { news.append(isChannel ? .appeared(path: path) : .gone(path: path)) }
      if depth < Self.greatestDepth {
        open += change.new.reversed().map { (FolderTree.path(of: $0, in: path), depth + 1) }
      }
      if state.withLock({ $0.troubled.remove(path) }) != nil { news.append(.mended(path: path)) }
      return news
    } catch {
      // Nobody tells when its rights come back.
      let news = complain(error, of: path)
      lookLater(at: path, depth, after: depth == 0 ? Self.searchPause : Self.troublePause)
      return news
    }
  }

  private static func open(_ path: String) throws(ChannelError) -> Directory? {
    do throws(FileError) {
      return try Directory.open(path)
    } catch .system(let error) where error.isMissing {
      return nil
    } catch .refused {
      // A file or a symbolic link has its name by now.
      return nil
    } catch {
      throw ChannelError(error, at: path)
    }
  }

  /// Whether there is one at a path that it would find there. It waits for the disk.
  package static func isChannel(at path: String) -> Bool {
    guard let directory = try? open(path) else { return false }
    return (try? isChannel(directory)) ?? false
  }

  private static func isChannel(_ directory: Directory) throws(ChannelError) -> Bool {
    try ChannelError.calls(at: directory.path) { () throws(SystemError) in
      try directory.facts(of: ChannelLayout.information)?.kind == .regular
    }
  }

  /// The directories in a directory. Of a name that is known it is not asked again what it is: whatever takes its place
  /// is told as its leaving and coming.
  private static func children(
    of directory: Directory,
    knowing known: Set<String>
  ) throws(ChannelError) -> Set<String> {
    try ChannelError.calls(at: directory.path) { () throws(SystemError) in
      var children: Set<String> = []
      for name in try directory.names() where name != ChannelLayout.hidden && !AsideName.isOne(name) {
        let isOne = if known.contains(name) { true } else { try directory.facts(of: name)?.kind == .directory }
        if isOne { children.insert(name) }
      }
      return children
    }
  }

  // MARK: Watching

  private func watch(_ path: String, _ depth: Int, _ directory: Directory) throws(ChannelError) {
    let (known, count) = state.withLock { ($0.watched[path], $0.watched.count) }
    let folder = known ?? SearchedFolder(path, depth: depth) { [weak self] in self?.look(at: $0.path, depth: $0.depth) }
    if known == nil {
      guard count < Self.mostFolders else {
        let what = "is not looked at: \(Self.mostFolders) directories are watched already"
        throw ChannelError(.system, at: path, what, hint: "choose roots below which there is less beside channels")
      }
      folder.number = try watcher.add(folder)
    }
    guard let number = folder.number else { preconditionFailure("it was registered") }
    do throws(ChannelError) {
      // Again where it is known: the directory may have been moved, and come back.
      try watcher.watch(number, folder: directory, by: .automatic)
    } catch {
      unwatch(path)
      throw error
    }
    // Whoever looks instead of listening needs it open.
    folder.held = watcher.sight(of: number).polls ? directory : nil
    state.withLock { $0.watched[path] = folder }
  }

  private func unwatch(_ path: String) {
    if let number = state.withLock({ $0.watched.removeValue(forKey: path) })?.number { watcher.remove(number) }
  }

  // MARK: Losing

  private func lose(_ path: String, _ depth: Int) -> [News] {
    let news = forget(path)
    guard depth == 0 else { return news }
    lookLater(at: path, depth, after: Self.searchPause)
    let hint = "it is looked for twice a second"
    return news + complain(ChannelError(.noChannel, at: path, "there is no such directory", hint: hint), of: path)
  }

  private func lookLater(at path: String, _ depth: Int, after pause: Duration) {
    watcher.schedule(at: .now.advanced(by: pause)) { [weak self] in
      guard let self, state.withLock({ $0.roots.contains(path) || $0.troubled.contains(path) }) else { return }
      look(at: path, depth: depth)
    }
  }

  private func complain(_ error: ChannelError, of path: String) -> [News] {
    state.withLock({ $0.troubled.insert(path).inserted }) ? [.trouble(error)] : []
  }

  private func forget(_ path: String) -> [News] { release(state.withLock { $0.tree.remove(path) }) }

  private func release(_ change: FolderTree.Change) -> [News] {
    for path in change.lost {
      unwatch(path)
      state.withLock { _ = $0.troubled.remove(path) }
    }
    return change.lostChannels.map { .gone(path: $0) }
  }

  private func tell(_ news: [News]) {
    for item in news { told(item) }
  }
}
