// One daemon a root.

internal import ChannelModel
internal import LinuxIO
internal import Transom

/// Keeps a second daemon from serving a root, for as long as it lives.
package final class RootLock: Sendable {
  private static let name = ".transomd"
  private let root: String
  private let lock: FileLock

  /// Between two tries, in nanoseconds.
  private static let pause: UInt64 = 20_000_000

  /// Makes the root if it is missing, for its owner alone, and takes it. For one that may be about to end it
  /// waits a moment, if it may.
  ///
  /// - Throws: A `ChannelError`: `lockTimeout` when another daemon serves it.
  init(_ root: String, mayWait: Bool = true) throws(ChannelError) {
    self.root = root
    let directory = try OwnFolder.openOrMake(root)
    let begin = KernelClock.sinceBoot()
    var taken = try Self.take(in: directory, at: root)
    while !taken.isLocked, mayWait, KernelClock.sinceBoot() < begin + taken.patience {
      let nobody = Gate()
      nobody.wait(while: nobody.value, until: KernelClock.sinceBoot() + Self.pause)
      taken = try Self.take(in: directory, at: root)
    }
    lock = taken.lock
    if taken.isLocked { return }
    let who = taken.holder.map { "process \($0)" } ?? "another process"
    throw ChannelError(
      .lockTimeout,
      at: root,
      "is served by another daemon (\(who))",
      hint: "end that one, or give this one another root"
    )
  }

  /// What came of trying.
  private struct Attempt {
    let lock: FileLock
    let isLocked: Bool
    let holder: Int32?

    /// How long it may take, in nanoseconds, until the lock is free. Of one that was just killed some threads may end
    /// after others, which is seen of nobody; of one that cannot be found any more nobody is left to ask.
    var patience: UInt64 {
      if let holder, case .running = ProcessIdentity.look(holder) { 300_000_000 } else { 2_000_000_000 }
    }
  }

  private static func take(in directory: Directory, at root: String) throws(ChannelError) -> Attempt {
    do throws(FileError) {
      var outcome = FileLock.Outcome.replaced
      var opened = try FileLock(name, in: directory)
      for _ in 0..<8 where outcome == .replaced {
        opened = try FileLock(name, in: directory)
        outcome = try asFileError { () throws(SystemError) in try opened.tryLock() }
      }
      let isLocked = outcome == .locked
      let holder = isLocked ? nil : (try? FlockHolder.find(of: opened.file.factsAtOpening.stamp)).flatMap { $0 }
      return Attempt(lock: opened, isLocked: isLocked, holder: holder)
    } catch {
      throw ChannelError(error, at: root)
    }
  }

  /// Whether the lock still belongs to the directory that has the root's name now; false while there is none.
  var isThere: Bool {
    guard let directory = try? Directory.open(root), let facts = try? directory.facts(of: Self.name) else {
      return false
    }
    return facts.stamp.isSameFile(as: lock.file.factsAtOpening.stamp)
  }
}
