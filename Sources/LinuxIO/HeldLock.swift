// The 1.0 lock while it is ours, as far as that can be known.

internal import Synchronization

/// A lock file that was taken; released by `release`, or when it is let go of.
package final class HeldLock: Sendable {
  enum Means: ~Copyable, Sendable {
    case prepared(PreparedFile, isReusable: Bool)
    case own(OpenFile)

    var stamp: FileStamp {
      switch self {
      case .prepared(let prepared, _): prepared.file.factsAtOpening.stamp
      case .own(let file): file.factsAtOpening.stamp
      }
    }
  }

  private let lock: LockFile
  private let means: Means
  private let stamp: FileStamp
  private let isReleased = Atomic(false)

  init(_ lock: LockFile, _ means: consuming Means) {
    self.lock = lock
    stamp = means.stamp
    self.means = means
  }

  /// Whether the lock's name is still our file's.
  package func isOurs() throws(SystemError) -> Bool {
    guard let facts = try lock.directory.facts(of: lock.name) else { return false }
    return facts.stamp.isSameFile(as: stamp)
  }

  /// Sets its time to now, so that nobody takes it for stale.
  package func refresh() throws(SystemError) {
    switch means {
    case .prepared(let prepared, _): try prepared.file.setModified(to: nil)
    case .own(let file): try file.setModified(to: nil)
    }
  }

  /// Gives the lock up; false when it had been taken from us, and what is there now is left alone.
  ///
  /// Between the look and the removal another may rob us and have its own removed by us; Linux has no conditional
  /// unlink, which is why those who publish look at what came back.
  ///
  /// It is not looked at again when it is surely ours, taken so short a time ago that nobody takes it for stale.
  @discardableResult
  package func release(isSurelyOurs: Bool = false) throws(SystemError) -> Bool {
    guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return false }
    let ours: Bool
    do {
      ours = isSurelyOurs ? true : try isOurs()
      if ours { try lock.directory.unlink(lock.name) }
    } catch {
      // Nobody holds it any more, and the others are to see that; removing it may be tried again.
      unlock(isGone: false)
      isReleased.store(false, ordering: .releasing)
      throw error
    }
    unlock(isGone: ours)
    return ours
  }

  /// Gives the flock up, after the name: a lock that is seen without its flock says that its holder is dead.
  private func unlock(isGone: Bool) {
    switch means {
    case .prepared(let prepared, let isReusable):
      // One that was left at the lock's name, or carried off to another, must not seem held once we lock again.
      if isGone, isReusable { prepared.unlock() } else { prepared.retire() }
    case .own(let file):
      // It ends with the descriptor at the latest.
      try? file.unlock()
    }
  }

  deinit {
    _ = try? release()
  }
}
