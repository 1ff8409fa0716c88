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

  /// Makes a lock in staging, to be linked into place any number of times.
  package func prepare(contents: [UInt8]) throws(SystemError) -> PreparedLock {
    try PreparedLock(contents: contents, staging: staging)
  }

  /// Tries to take the lock; nothing waits.
  package func take(_ prepared: PreparedLock) throws(SystemError) -> Attempt {
    // Somebody may have removed or replaced what was prepared, and that once is no reason to fail.
    do {
      if let attempt = try attempt(prepared) { return attempt }
    } catch let error where error.code != ENOENT && error.code != ESTALE {
      throw error
    } catch {}
    if let attempt = try attempt(prepared) { return attempt }
    throw SystemError("linkat", on: directory.path(of: name), code: EBUSY)
  }

  /// Tries once; nil when it was not our file that got the name.
  private func attempt(_ prepared: PreparedLock) throws(SystemError) -> Attempt? {
    // The flock comes first: the lock must never be seen at its name without it, it would say that we are dead.
    let file = try prepared.locked()
    do throws(SystemError) {
      // Before it appears: it must never be seen with an old time, which would be stale at once.
      try file.refreshIfDue()
    } catch {
      file.retire()
      throw error
    }
    do throws(SystemError) {
      try staging.directory.link(file.name, to: name, in: directory)
    } catch {
      if error.code == EEXIST {
        file.unlock()
        return .exists
      }
      if error.isLinkForbidden {
        file.unlock()
        return try takePlainly(contents: prepared.contents)
      }
      file.retire()
      throw error
    }
    return try confirm(file)
  }

  /// Looks whether the name is now that of our file: staging leads by name as well, and others may write there.
  private func confirm(_ file: PreparedFile) throws(SystemError) -> Attempt? {
    // Mostly it shows by the file itself, in half the time: its two names are the one in staging and this. Who can write
    // in staging could make it look so; but he could take the lock away as well.
    if let facts = try? file.file.facts(), facts.links == 2 {
      // Somebody set its time, or the clock was set: what is left is that it looked old for an instant.
      if !PreparedFile.isFresh(facts.stamp.modified) { try? file.refresh() }
      return .taken(HeldLock(self, .prepared(file, isReusable: true)))
    }
    let found: FileFacts?
    do throws(SystemError) {
      found = try directory.facts(of: name)
    } catch {
      // Most likely it is there all the same.
      _ = try? HeldLock(self, .prepared(file, isReusable: false)).release()
      throw error
    }
    if let found, found.stamp.isSameFile(as: file.file.factsAtOpening.stamp) {
      // A third name is somebody else's: with our flock it is a lock that looks alive. Not for longer than this time.
      return .taken(HeldLock(self, .prepared(file, isReusable: found.links <= 2)))
    }
    let present = try? staging.directory.facts(of: file.name)
    file.retire()
    guard let found, let present, present.stamp.isSameFile(as: found.stamp) else {
      // Ours was there and was taken away at once: as if another had been first.
      return .exists
    }
    // What stood in our file's place in staging was put there for us to link. We made it a lock that nobody holds, so
    // we take it away.
    _ = try takeAside(judged: found.stamp)
    return nil
  }

  /// Takes the lock as 1.0 does, where links fail: it is seen empty for a moment.
  private func takePlainly(contents: [UInt8]) throws(SystemError) -> Attempt {
    let file: OpenFile
    do {
      file = try directory.create(name)
    } catch let error where error.code == EEXIST {
      return .exists
    }
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
    return .taken(HeldLock(self, .own(file)))
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
    // The whole stamp, with its time: a holder that refreshed it since is alive. (One of ours that took it again within
    // half a second has not; only who has another `project.lock` meets that, and the look at what comes back helps.)
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
