// A file that is only ever seen whole: made in staging, put in place by exchange, with a look at what came back.

internal import Glibc
internal import Synchronization

/// A name in a directory whose file is replaced whole, never written in place.
///
/// Who publishes is meant to hold a lock; others may break it. So nothing that is replaced is lost: whatever had the
/// name at the instant of the exchange comes back to staging, and the caller is told if it was not what it expected.
package final class AtomicFile: Sendable {
  package let name: String
  package let directory: Directory
  package let staging: Staging
  /// The most that is copied aside where the file system allows neither exchange nor link.
  private let limit: Int64
  /// What was displaced last, if it may be written anew.
  let spare = Mutex<Spare?>(nil)
  let keepsSpares: Atomic<Bool>
  /// Whether a spare turned out to be somebody's work: see `leftSomething`.
  let hasLeft = Atomic(false)

  /// `keepsSpares` is for where nothing survives a crash of the machine, and all who open the file ask this kernel.
  package init(
    _ name: String,
    in directory: Directory,
    staging: Staging,
    limit: Int64 = 64 << 20,
    keepsSpares: Bool = false
  ) {
    self.keepsSpares = Atomic(keepsSpares)
    self.name = name
    self.directory = directory
    self.staging = staging
    self.limit = limit
  }

  deinit {
    if let spare = takeSpare() { staging.discard(spare.name) }
  }

  /// Writes a file into staging.
  ///
  /// Its time of last writing is the caller's: who makes each one different knows its own files by it. A flushed one
  /// has its contents on the disk before this returns.
  ///
  /// One that is held open keeps its inode as long as the staged file lives, so that its number is not handed out
  /// again. It is to be let go of only after another file has displaced it: closing a file that was written raises
  /// IN_CLOSE_WRITE under the name that it has by then. One that is not held is closed here, where nobody watches.
  package func stage(
    _ slices: [ArraySlice<UInt8>],
    modified: FileTime,
    isFlushed: Bool = false,
    isHeldOpen: Bool = false
  ) throws(SystemError) -> StagedFile {
    staging.removeLeftovers()
    if isHeldOpen, !isFlushed, let staged = rewriteSpare(slices, modified: modified) { return staged }
    let temporary = staging.makeName(name)
    let file = try staging.directory.create(temporary, holding: slices, modified: modified)
    // Asked for, not presumed: a file system may keep less of a time than it was given.
    let stamp = file.factsAtOpening.stamp
    do {
      if isFlushed { try file.sync() }
      if isHeldOpen {
        // A window that is written anew is known from the one before by its time.
        if stamp.modified != modified { keepNoSpares() }
        return StagedFile(HeldFile(file), name: temporary, stamp: stamp, staging: staging)
      }
      try file.close()
      return StagedFile(nil, name: temporary, stamp: stamp, staging: staging)
    } catch {
      staging.discard(temporary)
      throw error
    }
  }

  /// Puts a staged file in place.
  ///
  /// When it throws, the name is as it was and the staged file is gone; when it returns, the new file has the name,
  /// whatever is told about the old one.
  ///
  /// `expected` is the file that the caller knows to be there, nil for none. When the caller has just seen it there, by
  /// name, it is not looked for again.
  ///
  /// `former` is the file that this process published there and still holds; it may be kept, and written anew as the one
  /// after this.
  package func publish(
    _ staged: StagedFile,
    expecting expected: FileStamp?,
    isJustSeen: Bool = false,
    displacing former: StagedFile? = nil
  ) throws(FileError) -> Publication {
    precondition(staged.isInStaging, "a staged file is published once")
    do throws(FileError) {
      if isJustSeen, expected != nil, let publication = try exchange(staged, expected, former) { return publication }
      // Each round ends unless somebody makes or removes the name between our look at it and our call.
      for _ in 0..<32 {
        let present = try asFileError { () throws(SystemError) in try directory.facts(of: name) }
        if let present {
          if let reason = directory.trust.refusal(of: present) {
            throw FileError.refused(FileRefusal(path: directory.path(of: name), reason: reason))
          }
          if let publication = try exchange(staged, expected, former) { return publication }
        } else if try asFileError({ () throws(SystemError) in try place(staged) }) {
          return .created
        }
      }
      throw FileError.system(SystemError("renameat2", on: directory.path(of: name), code: EBUSY))
    } catch {
      staged.remove()
      throw error
    }
  }

  // MARK: Onto a name that is taken

  /// Exchanges the staged file with the one in place; nil when that is gone.
  private func exchange(
    _ staged: StagedFile,
    _ expected: FileStamp?,
    _ former: StagedFile?
  ) throws(FileError) -> Publication? {
    do {
      try staging.directory.rename(staged.name, to: name, in: directory, .exchanging)
    } catch let error where error.code == ENOENT {
      return nil
    } catch let error where error.isFormUnsupported {
      return try replace(staged, expected)
    } catch {
      throw .system(error)
    }
    staged.left()
    let facts = try? staging.directory.facts(of: staged.name)
    if let facts, let former, facts.stamp == expected, facts.stamp == former.stamp, keep(former, as: staged.name) {
      return .replaced(facts.stamp)
    }
    return judge(staged.name, facts, expected)
  }

  /// Tells what came back; what was expected is removed, and nothing else is.
  private func judge(
    _ aside: String,
    _ facts: FileFacts?,
    _ expected: FileStamp?,
    isCopy: Bool = false
  ) -> Publication {
    guard let facts, facts.stamp == expected else {
      return .displaced(DisplacedFile(aside, facts: facts, isCopy: isCopy, in: staging))
    }
    staging.discard(aside)
    return .replaced(facts.stamp)
  }

  /// Where the exchange is refused: a second name in staging for the one in place, then a plain rename over it.
  ///
  /// What a thief publishes between the two is lost. Looking again just before leaves that a few microseconds; there
  /// is no call that would close it.
  private func replace(_ staged: StagedFile, _ expected: FileStamp?) throws(FileError) -> Publication? {
    guard let saved = try putAside() else { return nil }
    do {
      if let now = try directory.facts(of: name), now.stamp != saved.facts.stamp {
        staging.discard(saved.name)
        return nil
      }
      try staging.directory.rename(staged.name, to: name, in: directory, .replacing)
    } catch {
      staging.discard(saved.name)
      throw .system(error)
    }
    staged.left()
    return judge(saved.name, saved.facts, expected, isCopy: saved.isCopy)
  }

  private func putAside() throws(FileError) -> (name: String, facts: FileFacts, isCopy: Bool)? {
    let aside = staging.makeName(name)
    do {
      try directory.link(name, to: aside, in: staging.directory)
      guard let facts = try staging.directory.facts(of: aside) else { return nil }
      return (aside, facts, false)
    } catch let error where error.code == ENOENT {
      return nil
    } catch let error where error.isLinkForbidden {
      guard let facts = try copyAside(aside) else { return nil }
      return (aside, facts, true)
    } catch {
      staging.discard(aside)
      throw .system(error)
    }
  }

  /// Copies the file in place into staging and tells the facts of the original.
  private func copyAside(_ aside: String) throws(FileError) -> FileFacts? {
    let bytes: [UInt8]
    let facts: FileFacts
    do {
      let original = try directory.openRegularFile(name, limit: limit)
      facts = original.factsAtOpening
      bytes = try original.readAll(limit: limit)
    } catch .system(let error) where error.code == ENOENT {
      return nil
    }
    do {
      let copy = try staging.directory.create(aside)
      try copy.write(bytes.span, at: 0)
      try copy.setModified(to: facts.stamp.modified)
      try copy.close()
    } catch {
      staging.discard(aside)
      throw .system(error)
    }
    return facts
  }

  // MARK: Onto a free name

  /// Gives the staged file the name if nobody has it; false when somebody has.
  private func place(_ staged: StagedFile) throws(SystemError) -> Bool {
    do {
      try staging.directory.rename(staged.name, to: name, in: directory, .notReplacing)
      staged.left()
      return true
    } catch let error where error.code == EEXIST {
      return false
    } catch let error where error.isFormUnsupported {
      return try placeByLink(staged)
    }
  }

  private func placeByLink(_ staged: StagedFile) throws(SystemError) -> Bool {
    do {
      try staging.directory.link(staged.name, to: name, in: directory)
      staged.remove()
      return true
    } catch let error where error.code == EEXIST {
      return false
    } catch let error where error.isLinkForbidden {
      // Nothing is left that would not replace; the look just before is all there is.
      try staging.directory.rename(staged.name, to: name, in: directory, .replacing)
      staged.left()
      return true
    }
  }
}
