// One daemon a root.

internal import ChannelModel
internal import LinuxIO
internal import Transom

/// Keeps a second daemon from serving a root, for as long as it lives.
package final class RootLock: Sendable {
  private static let name = ".transomd"
  private let root: String
  private let lock: FileLock

  /// Makes the root if it is missing, for its owner alone, and takes it.
  ///
  /// - Throws: A `ChannelError`: `lockTimeout` when another daemon serves it.
  init(_ root: String) throws(ChannelError) {
    self.root = root
    let directory = try OwnFolder.openOrMake(root)
    let isLocked: Bool
    do throws(FileError) {
      var outcome = FileLock.Outcome.replaced
      var opened = try FileLock(Self.name, in: directory)
      for _ in 0..<8 where outcome == .replaced {
        opened = try FileLock(Self.name, in: directory)
        outcome = try asFileError { () throws(SystemError) in try opened.tryLock() }
      }
      lock = opened
      isLocked = outcome == .locked
    } catch {
      throw ChannelError(error, at: root)
    }
    if isLocked { return }
    let holder = (try? FlockHolder.find(of: lock.file.factsAtOpening.stamp)).flatMap { $0 }
    let who = holder.map { "process \($0)" } ?? "another process"
    throw ChannelError(
      .lockTimeout,
      at: root,
      "is served by another daemon (\(who))",
      hint: "end that one, or give this one another root"
    )
  }

  /// Whether the lock still belongs to the directory that has the root's name now; false while there is none.
  var isThere: Bool {
    guard let directory = try? Directory.open(root), let facts = try? directory.facts(of: Self.name) else {
      return false
    }
    return facts.stamp.isSameFile(as: lock.file.factsAtOpening.stamp)
  }
}
