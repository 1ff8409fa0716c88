// The 1.0 lock: a file whose being there is the lock.

internal import Glibc

/// A lock file at a fixed name, with facts about whoever holds it and the means to act on them.
///
/// It decides nothing: whether a lock is stale is judged elsewhere, from `look`.
package final class LockFile: Sendable {
  /// What stands at the lock's name.
  package struct Facts: Hashable, Sendable {
    package let kind: FileKind
    package let owner: UInt32
    package let stamp: FileStamp
    /// Its first bytes; nil when it is no regular file or may not be read.
    package let contents: [UInt8]?
    /// Whether nobody holds its flock; nil when it could not be tried.
    package let isFlockFree: Bool?
  }

  package enum Attempt: Sendable {
    case taken(HeldLock)
    case exists
  }

  /// What came of renaming a lock aside.
  package enum Aside: Hashable, Sendable {
    /// It was the one judged, and is gone.
    case robbed
    /// Another one had been taken meanwhile. If it was not restored, its holder has lost it.
    case notTheOneJudged(restored: Bool)
    /// There was none.
    case gone
  }

  package let name: String
  package let directory: Directory
  package let staging: Staging

  package init(_ name: String, in directory: Directory, staging: Staging) {
    self.name = name
    self.directory = directory
    self.staging = staging
  }

  // MARK: Taking

  /// Makes a lock in staging, written and flocked, to be linked into place any number of times.
  package func prepare(contents: [UInt8]) throws(SystemError) -> PreparedLock {
    staging.removeLeftovers()
    let temporary = staging.makeName("lock")
    let file = try staging.directory.create(temporary)
    do throws(SystemError) {
      // The flock comes first: where it can be had no one has seen the file yet.
      guard try file.tryLock() else { throw SystemError("flock", on: file.path, code: EWOULDBLOCK) }
      try file.write(contents.span, at: 0)
      return PreparedLock(file, contents: contents, name: temporary, staging: staging)
    } catch {
      staging.discard(temporary)
      throw error
    }
  }

  /// Tries to take the lock; nothing waits.
  package func take(_ prepared: PreparedLock) throws(SystemError) -> Attempt {
    // Before it appears: it must never be seen with an old time, which would be stale at once.
    try prepared.file.setModified(to: nil)
    do {
      try staging.directory.link(prepared.name, to: name, in: directory)
      return .taken(HeldLock(self, .prepared(prepared), stamp: prepared.file.factsAtOpening.stamp))
    } catch let error where error.code == EEXIST {
      return .exists
    } catch let error where error.isLinkForbidden {
      return try takePlainly(contents: prepared.contents)
    }
  }

  /// Takes the lock as 1.0 does, where links fail: it is seen empty for a moment.
  private func takePlainly(contents: [UInt8]) throws(SystemError) -> Attempt {
    let file: OpenFile
    do {
      file = try directory.create(name)
    } catch let error where error.code == EEXIST {
      return .exists
    }
    let stamp = file.factsAtOpening.stamp
    do throws(SystemError) {
      // Somebody looking at it holds its flock for an instant. Without the flock our second line must not be seen:
      // it would say that we are dead.
      guard try file.tryLock() else {
        try directory.unlink(name)
        return .exists
      }
      try file.write(contents.span, at: 0)
    } catch {
      try? directory.unlink(name)
      throw error
    }
    return .taken(HeldLock(self, .own(file), stamp: stamp))
  }

  // MARK: Looking

  /// Looks at what stands at the name, whatever it is, and at so many of its first bytes; nil when nothing does.
  package func look(limit: Int = 256) throws(SystemError) -> Facts? {
    let file: OpenFile
    do {
      file = try directory.openRegularFile(name)
    } catch {
      if case .system(let error) = error, error.code == ENOENT { return nil }
      guard let facts = try directory.facts(of: name) else { return nil }
      return Facts(kind: facts.kind, owner: facts.owner, stamp: facts.stamp, contents: nil, isFlockFree: nil)
    }
    // Shared: two who look at once must not take each other for the holder.
    let isFree = try? file.tryLock(shared: true)
    if isFree == true { try file.unlock() }
    let contents = try file.read(limit, at: 0)
    // After the contents: a stamp that still holds when the lock is put aside then vouches for what was read.
    let facts = try file.facts()
    return Facts(
      kind: facts.kind,
      owner: facts.owner,
      stamp: facts.stamp,
      contents: contents,
      isFlockFree: isFree
    )
  }

  // MARK: Putting aside

  /// Takes away the lock that was judged stale, and no other: it is renamed into staging, looked at there, and put
  /// back if it is not that one.
  ///
  /// Unlinking by name would remove whatever is there by then: of several who judge one lock, several would win.
  package func takeAside(judged: FileStamp) throws(SystemError) -> Aside {
    let aside = staging.makeName("aside")
    do {
      try directory.rename(name, to: aside, in: staging.directory)
    } catch let error where error.code == ENOENT {
      return .gone
    }
    let facts: FileFacts?
    do {
      facts = try staging.directory.facts(of: aside)
    } catch {
      // Not known means not judged.
      _ = try? restore(aside)
      throw error
    }
    // The whole stamp, with its time: a holder that refreshed it since is alive.
    if let facts, facts.stamp == judged {
      staging.discard(aside)
      return .robbed
    }
    return .notTheOneJudged(restored: try restore(aside))
  }

  /// Puts a lock back if its place is still free.
  private func restore(_ aside: String) throws(SystemError) -> Bool {
    do {
      try staging.directory.rename(aside, to: name, in: directory, .notReplacing)
      return true
    } catch let error where error.code == EEXIST {
      staging.discard(aside)
      return false
    } catch let error where error.isFormUnsupported {
      do {
        try staging.directory.link(aside, to: name, in: directory)
        staging.discard(aside)
        return true
      } catch {
        staging.discard(aside)
        if error.code == EEXIST || error.isLinkForbidden { return false }
        throw error
      }
    }
  }
}
