// A directory held by its descriptor: whatever its path comes to mean, this stays the one that was opened.

internal import Glibc

/// An open directory and the rights that files made in it get.
///
/// Its path is for error text only; every call goes by the descriptor and a single name.
package final class Directory: Sendable {
  package let path: String
  package let calls: any FileCalls
  /// Whose files are believed here: the rules of the directory that was opened by path hold all the way down.
  package let trust: Trust
  /// What it looked like when it was opened.
  package let factsAtOpening: FileFacts
  let descriptor: OwnedDescriptor
  let rights: FileRights

  private init(
    taking descriptor: consuming OwnedDescriptor,
    path: String,
    facts: FileFacts,
    trust: Trust,
    calls: any FileCalls
  ) {
    self.descriptor = descriptor
    self.path = path
    self.calls = calls
    self.trust = trust
    factsAtOpening = facts
    rights = FileRights(of: facts)
  }

  /// Opens a directory by its path; a symbolic link in the last component is refused.
  package static func open(
    _ path: String,
    calls: any FileCalls = KernelCalls.shared
  ) throws(FileError) -> Directory {
    let descriptor = try openDescriptor(path, calls)
    let facts = try look(at: descriptor, path, calls)
    let trust = Trust(user: geteuid(), directory: facts)
    return Directory(taking: descriptor, path: path, facts: facts, trust: trust, calls: calls)
  }

  private static func openDescriptor(_ path: String, _ calls: any FileCalls) throws(FileError) -> OwnedDescriptor {
    do {
      return try calls.openDirectory(atPath: path)
    } catch {
      guard error.code == ENOTDIR || error.code == ELOOP else { throw .system(error.on(path)) }
      throw .refused(FileRefusal(path: path, reason: .notADirectory))
    }
  }

  private static func look(
    at descriptor: borrowing OwnedDescriptor,
    _ path: String,
    _ calls: any FileCalls
  ) throws(FileError) -> FileFacts {
    do {
      return try calls.facts(of: descriptor)
    } catch {
      throw .system(error.on(path))
    }
  }

  /// The number to watch or to poll by, as `/proc/self/fd/N`; it is this directory's and ends with it.
  package var descriptorNumber: Int32 { descriptor.number }

  package func path(of name: String) -> String { path + "/" + name }

  // MARK: Opening and making

  /// Opens a directory in this one, unless a stranger owns it.
  package func subdirectory(_ name: String) throws(FileError) -> Directory {
    let whole = path(of: name)
    let opened = try openDescriptor(ofDirectory: name)
    let facts = try Self.look(at: opened, whole, calls)
    if trust.isStranger(facts) {
      throw .refused(FileRefusal(path: whole, reason: .strangerOwner(facts.owner)))
    }
    return Directory(taking: opened, path: whole, facts: facts, trust: trust, calls: calls)
  }

  private func openDescriptor(ofDirectory name: String) throws(FileError) -> OwnedDescriptor {
    do {
      return try calls.openDirectory(name, in: descriptor)
    } catch {
      guard error.code == ENOTDIR || error.code == ELOOP else { throw .system(error.on(path(of: name))) }
      let kind = try? calls.facts(of: name, in: descriptor).kind
      let reason = kind.flatMap(FileRefusal.Reason.init) ?? .notADirectory
      throw .refused(FileRefusal(path: path(of: name), reason: reason))
    }
  }

  /// Makes a directory with the rights and the group of this one; EEXIST when the name is taken.
  package func makeSubdirectory(_ name: String) throws(FileError) -> Directory {
    try asFileError { () throws(SystemError) in
      try SystemError.naming(path(of: name)) { () throws(SystemError) in
        try calls.makeDirectory(name, in: descriptor, permissions: 0o700)
      }
    }
    do {
      let made = try subdirectory(name)
      try asFileError { () throws(SystemError) in
        try SystemError.naming(path(of: name)) { () throws(SystemError) in
          try rights.giveToDirectory(made.descriptor, looking: made.factsAtOpening, calls)
        }
      }
      // Looked at again: its rights are what files in it are made after.
      return try subdirectory(name)
    } catch {
      try? calls.removeDirectory(name, in: descriptor)
      throw error
    }
  }

  /// Opens a file that is regular, no stranger's and within the limit; anything else is refused, followed by nobody
  /// and waited for by nobody.
  ///
  /// For writing it must have no other name: somebody may have linked a file of ours from elsewhere into here.
  package func openRegularFile(
    _ name: String,
    for access: FileAccess = .reading,
    limit: Int64 = .max
  ) throws(FileError) -> OpenFile {
    let whole = path(of: name)
    let opened = try openDescriptor(ofFile: name, for: access)
    let facts = try Self.look(at: opened, whole, calls)
    if let reason = trust.refusal(of: facts, limit: limit) {
      throw .refused(FileRefusal(path: whole, reason: reason))
    }
    // Not "other than one": a file that was just removed has none, and some file systems do not count.
    if access != .reading, facts.links > 1 {
      throw .refused(FileRefusal(path: whole, reason: .hasOtherNames(facts.links - 1)))
    }
    return OpenFile(taking: opened, path: whole, facts: facts, calls: calls)
  }

  private func openDescriptor(ofFile name: String, for access: FileAccess) throws(FileError) -> OwnedDescriptor {
    do {
      return try openUnleased(name, for: access)
    } catch {
      // A symbolic link says ELOOP, a socket or a FIFO ENXIO, a directory EISDIR, a stranger's file EACCES: look
      // what it is, so that the error says so. What is gone is just that.
      if error.code != ENOENT, let facts = try? calls.facts(of: name, in: descriptor),
        let reason = trust.refusal(of: facts)
      {
        throw .refused(FileRefusal(path: path(of: name), reason: reason))
      }
      throw .system(error.on(path(of: name)))
    }
  }

  /// Whoever holds a lease on a file rewrites it, and is done with that in microseconds.
  private func openUnleased(_ name: String, for access: FileAccess) throws(SystemError) -> OwnedDescriptor {
    for _ in 0..<20 {
      do throws(SystemError) {
        return try calls.open(name, in: descriptor, for: access)
      } catch {
        guard error.code == EWOULDBLOCK else { throw error }
        KernelClock.pause(.microseconds(50))
      }
    }
    return try calls.open(name, in: descriptor, for: access)
  }

  /// Makes a file with the directory's rights less execution, and its group; EEXIST when the name is taken.
  ///
  /// When its rights cannot be given it is removed again.
  package func create(_ name: String) throws(SystemError) -> OpenFile {
    try create(name) { _ in }
  }

  /// The same with these contents and this time of last writing, so that it is looked at once, when it has them.
  package func create(
    _ name: String,
    holding slices: [ArraySlice<UInt8>],
    modified: FileTime
  ) throws(SystemError) -> OpenFile {
    try create(name) { [calls] (file) throws(SystemError) in
      try OpenFile.write(slices, to: file, calls)
      try calls.setModified(file, to: modified)
    }
  }

  private func create(
    _ name: String,
    filling fill: (borrowing OwnedDescriptor) throws(SystemError) -> Void
  ) throws(SystemError) -> OpenFile {
    let whole = path(of: name)
    let created = try SystemError.naming(whole) { () throws(SystemError) in
      try calls.create(name, in: descriptor, permissions: rights.atCreation)
    }
    do {
      try fill(created)
      let facts = try rights.giveToFile(created, looking: try calls.facts(of: created), calls)
      return OpenFile(taking: created, path: whole, facts: facts, calls: calls)
    } catch {
      try? calls.unlink(name, in: descriptor)
      throw error.on(whole)
    }
  }

  /// Opens a file of ours for reading and writing, making it when it is missing.
  package func openOrCreate(_ name: String, limit: Int64 = .max) throws(FileError) -> OpenFile {
    // Twice over: it may be removed between being found and opened, or made between being missed and made.
    for _ in 0..<8 {
      do {
        return try openRegularFile(name, for: .readingAndWriting, limit: limit)
      } catch .system(let error) where error.code == ENOENT {
        do {
          return try create(name)
        } catch let error where error.code == EEXIST {
          continue
        } catch {
          throw .system(error)
        }
      }
    }
    throw .system(SystemError("openat", on: path(of: name), code: EBUSY))
  }

  // MARK: Looking

  /// What it looks like now: no links are left of a directory that was removed.
  package func facts() throws(SystemError) -> FileFacts {
    try SystemError.naming(path) { () throws(SystemError) in try calls.facts(of: descriptor) }
  }

  /// Looks at a name without following it; nil when nothing has it.
  package func facts(of name: String) throws(SystemError) -> FileFacts? {
    do {
      return try calls.facts(of: name, in: descriptor)
    } catch let error where error.code == ENOENT {
      return nil
    } catch {
      throw error.on(path(of: name))
    }
  }

  /// The names in it, in no order.
  package func names() throws(SystemError) -> [String] {
    try SystemError.naming(path) { () throws(SystemError) in try calls.names(in: descriptor) }
  }

  package func fileSystem() throws(SystemError) -> FileSystemKind {
    try SystemError.naming(path) { () throws(SystemError) in try calls.fileSystem(of: descriptor) }
  }

  /// Whether the path still leads to this directory, as far as that can be told: a process without a descriptor to spare
  /// has not lost the directory.
  package func isStillAtItsPath() -> Bool {
    do {
      let now = try calls.openDirectory(atPath: path)
      return try calls.facts(of: now).stamp.isSameFile(as: factsAtOpening.stamp)
    } catch {
      return ![ENOENT, ENOTDIR, ELOOP].contains(error.code)
    }
  }

  // MARK: Changing

  package func rename(
    _ name: String,
    to newName: String,
    in other: Directory,
    _ manner: RenameManner = .replacing
  ) throws(SystemError) {
    try SystemError.naming("\(path(of: name)) to \(other.path(of: newName))") { () throws(SystemError) in
      try calls.rename(name, in: descriptor, to: newName, in: other.descriptor, manner)
    }
  }

  package func link(_ name: String, to newName: String, in other: Directory) throws(SystemError) {
    try SystemError.naming("\(path(of: name)) to \(other.path(of: newName))") { () throws(SystemError) in
      try calls.link(name, in: descriptor, to: newName, in: other.descriptor)
    }
  }

  package func unlink(_ name: String) throws(SystemError) {
    try SystemError.naming(path(of: name)) { () throws(SystemError) in try calls.unlink(name, in: descriptor) }
  }

  package func removeSubdirectory(_ name: String) throws(SystemError) {
    try SystemError.naming(path(of: name)) { () throws(SystemError) in
      try calls.removeDirectory(name, in: descriptor)
    }
  }

  /// Flushes its entries: what was made, renamed or removed in it survives a power loss from here on.
  package func sync() throws(SystemError) {
    try SystemError.naming(path) { () throws(SystemError) in try calls.sync(descriptor) }
  }
}
